"""Copies and stories are the same however they came in: again, killed, rebuilt, in any order.

Real processes import a made-up corpus; the tables of what repeats what are compared row for row.
"""

import json
import os
import random
import shutil
import signal
import time

import pytest
import saved_site
from copy_cases import EVENTS, lines
from test_faults import ask, finish, start

from warehouse.publish import publish
from warehouse.store import Store

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("ARAXES_KILLS", "5"))
# How far a load of articles is: on its way to disk; on disk and under way; in, not yet published.
MOMENTS = tuple(
    f"{folder}/articles.parquet"
    for folder in ("part-load-*", "ready/*-load-*", "loaded/**/*-load-*")
)
FACTS = {
    "clusters": "FROM clusters ORDER BY ALL",
    "duplicates": "FROM duplicates ORDER BY ALL",
    "stories": "FROM stories ORDER BY ALL",
    "story_links": "FROM story_links ORDER BY ALL",
    "novelty": "SELECT article_id, novelty FROM articles ORDER BY ALL",
    "ends": "SELECT url, state FROM items ORDER BY ALL",
}


def facts(folder):
    return {name: ask(folder, query) for name, query in FACTS.items()}


def prepared(folder, documents):
    folder.mkdir(exist_ok=True)
    sources = saved_site.sources_toml({"alpha": "http://127.0.0.1:48999"})
    (folder / "sources.toml").write_text(sources)
    (folder / "documents.jsonl").write_text("".join(documents), "utf-8")
    return folder


def imported(folder):
    """Import all documents in a process of its own; give its summary."""
    code, out, err = finish(start(folder, "import", str(folder / "documents.jsonl"), "--json"))
    assert code == 0, err
    return json.loads(out)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Import everything at once, undisturbed."""
    folder = prepared(tmp_path_factory.mktemp("whole"), lines())
    assert imported(folder)["articles_loaded"] == len(lines())
    return folder


def test_what_was_planted_is_found(whole):
    paths = "split_part(url, '/', 4) AS event, split_part(url, '/', 5) AS made"
    near = ask(
        whole,
        f"""
        SELECT event, count(DISTINCT cluster_id), count(*) FROM (
          SELECT {paths}, cluster_id FROM articles JOIN clusters USING (article_id)
        ) WHERE made IN ('wire', 'again', 'capitals', 'led', 'scanned', 'teaser')
        GROUP BY event HAVING count(*) > 1
        """,
    )
    assert len(near) > EVENTS / 2
    assert {clusters for _, clusters, _ in near} == {1}
    [(both,)] = ask(
        whole,
        f"""
        SELECT count(*) FROM (
          SELECT story_id FROM (
            SELECT {paths}, story_id FROM articles JOIN stories USING (article_id))
          GROUP BY story_id HAVING bool_or(made LIKE 'else%') AND NOT bool_and(made LIKE 'else%'))
        """,
    )
    assert both > EVENTS / 2


def test_a_second_run_changes_nothing(whole, tmp_path):
    folder = tmp_path / "again"
    shutil.copytree(whole, folder, symlinks=True)
    summary = imported(folder)
    assert (summary["articles_loaded"], summary["entries"]["known"]) == (0, len(lines()))
    assert facts(folder) == facts(whole)


def test_runs_killed_while_they_load_and_a_last_one_give_what_one_run_gives(whole, tmp_path):
    folder = tmp_path / "killed"
    moments = random.Random(11)
    left = set()
    for kill in range(1, KILLS + 1):
        prepared(folder, lines()[: kill * len(lines()) // KILLS])
        process = start(folder, "import", str(folder / "documents.jsonl"))
        _wait_for(MOMENTS[kill % len(MOMENTS)], folder, process)
        time.sleep(moments.uniform(0, 0.3))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        left.add(_articles(folder))
    imported(prepared(folder, lines()))
    assert facts(folder) == facts(whole)
    assert left - {0, len(lines())}, "no kill left some articles"


def _wait_for(moment, folder, process):
    """Wait until a load has come so far, or the run has ended without one."""
    before = set((folder / "w.staging").glob(moment))
    while set((folder / "w.staging").glob(moment)) <= before and process.poll() is None:
        time.sleep(0.01)


def _articles(folder):
    if not (folder / "w.duckdb").exists():
        return 0
    with Store(folder / "w.duckdb").writing() as writer:
        return writer._connection.execute("SELECT count(*) FROM articles").fetchone()[0]


def test_a_core_built_again_from_what_was_staged_is_as_before(whole, tmp_path):
    folder = tmp_path / "rebuilt"
    shutil.copytree(whole, folder, symlinks=True)
    for lost in folder.glob("w.duckdb*"):
        lost.unlink()
    Store(folder / "w.duckdb").rebuild()
    publish(folder / "w.duckdb")
    assert facts(folder) == facts(whole)


@pytest.mark.parametrize("seed", [1, 2])
def test_documents_imported_in_another_order_and_in_parts_are_linked_the_same(
    whole, tmp_path, seed
):
    chance = random.Random(seed)
    shuffled = chance.sample(lines(), len(lines()))
    cut = chance.randrange(1, len(shuffled))
    for part in (shuffled[:cut], shuffled[cut:]):
        imported(prepared(tmp_path / "shuffled", part))
    assert facts(tmp_path / "shuffled") == facts(whole)
