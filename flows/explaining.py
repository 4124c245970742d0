"""Every decision on a text, with its evidence, as documents that scripts can read."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice

from flows import jsontext
from flows.errors import WorkerError
from flows.extract.language import identify
from flows.jsonlines import name_of, parse
from flows.model import Language, Naming, Tags
from flows.reading import SECONDS, tagger
from flows.workers import CORES, Workers

CHUNK = 25  # documents a worker takes at once: enough to make the hand-over cheap


def decisions(language: Language, tags: Tags) -> dict[str, object]:
    """Give what was decided on a text, as `araxes explain --jsonl` prints it."""
    return {
        "language": {
            "code": language.code,
            "confidence": language.confidence,
            "decided_by": language.decided_by,
        },
        "relevant": tags.relevant,
        "relevance": tags.relevance,
        "reason": tags.reason,
        "actors": [
            {
                "id": actor.actor_id,
                "mentions": actor.mentions,
                "salience": actor.salience,
                "principal": actor.principal,
            }
            for actor in tags.actors
        ],
        "topics": [
            {"id": topic.topic_id, "score": topic.score, "evidence": list(topic.evidence)}
            for topic in tags.topics
        ],
        "namings": _by_variant(tags.namings),
        "mentions": [asdict(mention) for mention in tags.mentions],
    }


def _by_variant(namings: Iterable[Naming]) -> list[dict[str, object]]:
    total: Counter[tuple[str, str]] = Counter()
    quoted: Counter[tuple[str, str]] = Counter()
    for naming in namings:
        key = (naming.place_id, naming.variant)
        total[key] += naming.mentions
        quoted[key] += naming.mentions if naming.quoted else 0
    return [
        {"place_id": place, "variant": variant, "mentions": count, "quoted": quoted[place, variant]}
        for (place, variant), count in total.items()
    ]


def explain_line(number: int, line: str, today: datetime) -> str:
    """Give the decisions on one JSON line `{"id","title","text"}`, or what is wrong with it."""
    try:
        document = parse(line, today)
    except ValueError as error:
        return _refused(number, line, error)
    language = identify(f"{document.title}\n{document.text}")
    tags = tagger().tag(document.title, document.text, language.code, document.published_at)
    answer = {"id": document.name, **decisions(language, tags)}
    return jsontext.text(answer)


def _refused(number: int, line: str, error: Exception) -> str:
    """Give what is wrong with a line, by its number and, where it has one, its id."""
    named = {"id": name} if (name := name_of(line)) is not None else {}
    return jsontext.text({**named, "error": str(error), "line": number})


def explain_lines(numbered: Sequence[tuple[int, str]], today: datetime) -> list[str]:
    """Give the decisions on some lines, in their order; what one worker does at a time."""
    return [explain_line(number, line, today) for number, line in numbered]


async def explain_all(lines: Iterable[str], today: datetime) -> AsyncIterator[str]:
    """Give the decisions on many lines, in order, with all cores and flat memory.

    Args:
        lines: one JSON document each; empty ones are skipped.
        today: the date of documents that give none: offices are held from date to date.
    """
    waiting: deque[asyncio.Task[list[str]]] = deque()
    with Workers(count=CORES) as workers:
        for chunk in _chunks(lines):
            waiting.append(asyncio.create_task(_explained(workers, chunk, today)))
            if len(waiting) > 3 * CORES:
                for answer in await waiting.popleft():
                    yield answer
        while waiting:
            for answer in await waiting.popleft():
                yield answer


async def _explained(workers: Workers, chunk: list[tuple[int, str]], today: datetime) -> list[str]:
    try:
        return await workers.run(SECONDS + CHUNK, explain_lines, chunk, today)
    except WorkerError as error:
        if len(chunk) == 1:
            return [_refused(*chunk[0], error)]
    # one document broke its worker: find it, and keep the others
    return [answer for line in chunk for answer in await _explained(workers, [line], today)]


def _chunks(lines: Iterable[str]) -> Iterator[list[tuple[int, str]]]:
    rest = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
