"""Made-up news in two alphabets, and what houses make of them: copies, parts, round-ups, versions.

What is planted is known by the address: `/<event>/<what was done to it>`.
"""

import json
import random
from datetime import timedelta

from dedup_cases import DAWN, halves, report, scanned

EVENTS = 40
DAYS = 12
_CYRILLIC = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "абцдефгхийклмнопкрстувхйызАБЦДЕФГХИЙКЛМНОПКРСТУВХЙЫЗ",
)


def told_elsewhere(text: str) -> str:
    """The same event for other readers: not a word is shared, names sound alike."""
    return text.translate(_CYRILLIC)


def made_of(event: int) -> dict[str, str]:
    """What houses make of an event, by what was done to it."""
    wire = report(event, sentences=12)
    other = told_elsewhere(wire)
    made = {
        "wire": wire,
        "again": wire,
        "capitals": wire.upper(),
        "led": f"The {event} lead of our own house. {wire}",
        "scanned": scanned(wire, event),
        "teaser": halves(wire)[0] + " ...",
        "elsewhere": other,
        "elsewhere-scanned": scanned(other, event),
        "version": report(event, sentences=12, facts=event + 500),
        "round-up": f"{report(event + 1000)} {wire} {report(event + 2000)}",
    }
    kept = random.Random(event).sample(sorted(made), 6)
    return {name: text for name, text in made.items() if name in kept or name == "wire"}


def lines() -> list[str]:
    """All documents as JSON Lines, in no order; the wire is not always the first to publish."""
    chance = random.Random(3)
    found = []
    for event in range(EVENTS):
        day = timedelta(days=chance.randrange(DAYS))
        for name, text in made_of(event).items():
            at = DAWN + day + timedelta(minutes=chance.randrange(20 * 60))
            document = {
                "url": f"https://house{chance.randrange(9)}.example/{event}/{name}",
                "title": f"{name} of {event}",
                "text": text,
                "published_at": at.isoformat(),
            }
            found.append(json.dumps(document, ensure_ascii=False) + "\n")
    return chance.sample(found, len(found))
