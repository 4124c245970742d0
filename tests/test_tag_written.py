"""Short articles written by us (tests/tags/written.jsonl), in seven languages.

They stand for what labelled articles elsewhere are thin in: news of the region that is
not about its security, and security news with no word of any topic's own.
"""

import json
from pathlib import Path

from tag_cases import tag

WRITTEN = [
    json.loads(line)
    for line in (Path(__file__).parent / "tags" / "written.jsonl").read_text().splitlines()
]


def said_of(item: dict):
    return tag(item["text"], item["lang"], item["title"])


def test_relevance_agrees_with_the_labels():
    wrong = [item["title"] for item in WRITTEN if said_of(item).relevant != item["relevant"]]
    assert wrong == []


def test_actors_agree_with_the_labels():
    for item in WRITTEN:
        if "actors" in item:
            said = {one.actor_id for one in said_of(item).actors}
            assert said == set(item["actors"]), item["title"]


def test_topics_agree_with_the_labels():
    right = said = wanted = 0
    for item in WRITTEN:
        if "topics" in item:
            found = {one.topic_id for one in said_of(item).topics}
            right += len(found & set(item["topics"]))
            said, wanted = said + len(found), wanted + len(item["topics"])
    assert 2 * right / (said + wanted) >= 0.95


def test_every_language_is_written_for_both_ways():
    kinds = {(item["lang"], item["relevant"]) for item in WRITTEN}
    assert len(kinds) == 14
