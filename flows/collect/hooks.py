"""Webhooks: a document posted to an address, through the same guarded client as every request."""

from flows.collect.http import Client, Request
from flows.errors import BadStatus, Throttled

REMAINS = 200  # of an answer that refuses, so much is told


async def post(request: Request) -> None:
    """Post a request's body and be told that it arrived.

    Raises:
        Throttled, BadStatus: the server did not take it; a redirect is not followed.
        FetchError: it could not be reached, or may not be.
    """
    client = Client()
    try:
        answer = await client.get(request)
    finally:
        await client.aclose()
    if answer.status in (429, 503):
        wait = answer.header("retry-after")
        raise Throttled(request.url, answer.status, float(wait) if wait.isdigit() else None)
    if not 200 <= answer.status < 300:
        told = answer.body[:REMAINS].decode("utf-8", "replace")
        raise BadStatus(request.url, answer.status, told)
