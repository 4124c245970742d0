"""HTTP/2 for real: a loopback server with TLS and ALPN, and answers that go wrong on the wire."""

import asyncio
import gzip
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from flows.collect.http import Client, Request
from flows.errors import FetchError, TooLarge, Unreachable
from flows.model import FetchPolicy

POLICY = FetchPolicy(
    "mailto:a@e.am",
    min_delay=0,
    max_bytes=100_000,
    timeout=60.0,
    allow_networks=(ip_network("127.0.0.0/8"),),
)
NOW = datetime.now(UTC)  # noqa: TID251 - the certificate must be valid today


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Give the files of a key and a certificate for 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(alternative, critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class Server:
    """Speaks HTTP/2 only; what it answers depends on the path."""

    def __init__(self):
        self.connections = 0
        self.requests = []

    async def serve(self, reader, writer):
        self.connections += 1
        connection = H2Connection(H2Configuration(client_side=False))
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        while data := await reader.read(65_536):
            for event in connection.receive_data(data):
                if isinstance(event, RequestReceived):
                    self.answer(connection, event)
            writer.write(connection.data_to_send())
        writer.close()

    def answer(self, connection, event):
        headers = dict(event.headers)
        path = headers[b":path"].decode()
        self.requests.append((path, headers))
        body = b"<p>hello</p>" * 100
        extra = []
        if path == "/packed":
            body, extra = gzip.compress(body), [("content-encoding", "gzip")]
        if path == "/bomb":
            body, extra = gzip.compress(bytes(10_000_000)), [("content-encoding", "gzip")]
        head = [(":status", "200"), ("content-type", "text/html"), *extra]
        connection.send_headers(event.stream_id, head)
        connection.send_data(event.stream_id, body, end_stream=path != "/reset")
        if path == "/reset":
            connection.reset_stream(event.stream_id)


@pytest.fixture
def ask(certificate):
    """Ask a fresh server for paths, one after the other; give what came, and the server."""

    async def run(paths, *, trusted=True):
        server = Server()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.set_alpn_protocols(["h2"])
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
        port = listening.sockets[0].getsockname()[1]
        client = Client()
        if trusted:
            client._ssl = ssl.create_default_context(cafile=str(certificate))
        got = []
        try:
            for path in paths:
                try:
                    got.append(await client.get(Request(f"https://127.0.0.1:{port}{path}", POLICY)))
                except FetchError as error:
                    got.append(error)
        finally:
            await client.aclose()
            listening.close()
        return got, server

    return lambda paths, **how: asyncio.run(run(paths, **how))


def test_answers_over_http2_are_read_decoded_and_share_a_connection(ask):
    (plain, packed), server = ask(["/plain", "/packed"])
    assert plain.body == packed.body == b"<p>hello</p>" * 100
    assert (plain.status, plain.header("content-type")) == (200, "text/html")
    assert server.connections == 1
    _, headers = server.requests[0]
    assert headers[b"user-agent"].startswith(b"Araxes/")
    assert b"cookie" not in headers
    assert b"referer" not in headers


def test_the_cap_on_decoded_bytes_holds_and_the_next_answer_is_whole(ask):
    (bomb, after), _ = ask(["/bomb", "/plain"])
    assert isinstance(bomb, TooLarge)
    assert len(after.body) == 1200


def test_a_stream_that_is_reset_is_a_failure_and_not_a_short_page(ask):
    (broken, after), _ = ask(["/reset", "/plain"])
    assert isinstance(broken, FetchError)
    assert len(after.body) == 1200


def test_a_certificate_that_nobody_vouches_for_is_refused(ask):
    (refused,), server = ask(["/plain"], trusted=False)
    assert isinstance(refused, Unreachable)
    assert refused.fault == "tls"
    assert not server.requests
