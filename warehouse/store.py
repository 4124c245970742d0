# ruff: noqa: S608 - table and column names are ours, never input
"""The only writer of the warehouse.

A batch is staged on disk, loaded in one transaction, checked, and only then put away. The
core file is open, under its lock, only while that happens.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from math import inf
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from flows.errors import Corrupt, WarehouseError
from flows.model import (
    Batch,
    FeedEntry,
    FeedState,
    FeedStatus,
    HostState,
    Item,
    ItemState,
    Known,
    KnownEntry,
    Links,
    LoadReport,
    Poll,
    Retagged,
    SeedDocument,
    Source,
    TaggedArticle,
)
from flows.tag.vocabulary import Vocabulary
from warehouse import (
    alerts,
    candidates,
    forgetting,
    lakehouse,
    literals,
    locks,
    migrate,
    rewritten,
    rows,
)
from warehouse.alerts import ALERTS, DELIVERIES, Alert, Delivery
from warehouse.disk import is_full, needing_room
from warehouse.loading import Connection, Outcome, apply, later
from warehouse.loading.step import Step
from warehouse.paths import Paths
from warehouse.staging import PreparedBatch, StagedBatch, Staging

# Arrow's own pool keeps what it once held, 30 MB from a batch of twenty articles on
pa.set_memory_pool(pa.system_memory_pool())

_LOG = logging.getLogger(__name__)
STORAGE_VERSION = "v1.5.0"
WAIT_SECONDS = 600.0
# Rows kept together. A checkpoint packs small groups of them into a large one: with the 122,880 of
# DuckDB that was half a gigabyte of text every now and then, while the lock was held.
ROW_GROUP = 16_384
# A load proves what it touched and that marts equal facts on all days that are not stale; the end
# of a run proves the whole, which at a million articles costs a second.
CHECKS = {
    "load": ("assert_marts",),
    "forget": ("assert_marts", "assert_clusters"),
    "relink": ("assert_marts", "assert_clusters"),
    "reextract": ("assert_marts", "assert_clusters"),
    "retag": ("assert_marts",),
    "later": ("assert_marts",),
    "doubt": ("assert_ids", "assert_ledger", "assert_clusters"),
    "finish": ("assert_ids", "assert_ledger", "assert_clusters", "assert_marts"),
}


class Store:
    """A warehouse by the path of its core file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.paths = Paths(path)

    @contextmanager
    def run_lock(self, holder: str) -> Iterator[None]:
        """Be the only run while inside.

        Raises:
            Locked: another run is under way; says whose and since when.
        """
        with locks.held(self.paths.run_lock, holder):
            yield

    @contextmanager
    def writing(self, holder: str = "a load") -> Iterator["Writer"]:
        """Open the core for writing; other writers wait, readers do not notice.

        Raises:
            Locked: another writer held it for ten minutes.
            Corrupt: the file is damaged.
            NewerSchema: the file was written by newer code.
            DiskFull: there is no room to write.
        """
        with self.held(holder), self._opened() as writer:
            yield writer

    @contextmanager
    def at_rest(self, holder: str, seconds: float = inf) -> Iterator[bool]:
        """Hold the core closed, so that it can be copied, after what loads put off was done.

        Says whether nothing of that is left: it stops once it took so many seconds.

        Raises:
            Locked: a writer held it for ten minutes.
            DiskFull: there is no room to write.
        """
        with self.held(holder):
            until = time.monotonic() + seconds
            with self._opened() as writer:
                while (left := writer.catch_up()) and time.monotonic() < until:
                    pass
            yield not left

    @contextmanager
    def held(self, holder: str) -> Iterator[None]:
        """Be the only one who uses the core while inside.

        Raises:
            Locked: another held it for ten minutes.
            DiskFull: there is no room to write.
        """
        lake = lakehouse.of(self.paths)
        with (
            needing_room(self.path),
            locks.held(self.paths.write_lock, holder, WAIT_SECONDS),
            lake.held(holder, WAIT_SECONDS) if lake else nullcontext(),
        ):
            yield

    @contextmanager
    def _opened(self) -> Iterator["Writer"]:
        with self._connected() as connection:
            writer = Writer(self, connection, Staging(self.paths.staging))
            writer.load_staged()
            yield writer

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        if lake := lakehouse.of(self.paths):
            with closing(lake.connect()) as connection:
                migrate.migrate_lake(connection, migrate.pending(connection, self.path))
                yield connection
            return
        connection = self._open()
        try:
            yield connection
        finally:
            _close(connection)

    def prepare(self, run_id: str, batch: Batch, links: Links) -> PreparedBatch:
        """Write a batch to disk for `Writer.load_prepared`; others may write meanwhile."""
        tables = _poll_tables(batch.polls, batch.items) | {"hosts": rows.HOSTS.table(batch.hosts)}
        tables |= _article_tables(batch.articles, links)
        tables |= {"visits": rows.VISITS.table(batch.visits)}
        return Staging(self.paths.staging).prepare("load", run_id, tables)

    def rebuild(self) -> int:
        """Build a core that was lost from all staged batches, and give how many there were.

        Raises:
            WarehouseError: there is a core; it is never written over.
        """
        if self.paths.has_core:
            raise WarehouseError(f"{self.path} exists: move it away to build it again")
        batches = Staging(self.paths.staging).load_again(frozenset())
        with self.writing("a rebuild"):
            return len(batches)

    def _open(self) -> Connection:
        log = self.path.with_name(self.path.name + ".wal")
        crashed = log.exists()
        try:
            connection = connect(self.path)
            missing = migrate.pending(connection, self.path)
            if missing and self.path.stat().st_size and _has_tables(connection):
                connection.close()
                self.paths.copy_before_migration(missing[0].number)
                connection = connect(self.path)
            migrate.migrate(connection, missing)
        except (duckdb.IOException, duckdb.SerializationException) as error:
            if is_full(error):
                raise
            raise Corrupt(self.path, str(error), self.paths.newest_snapshot()) from error
        if crashed:
            self._check_log(connection)
        return connection

    def _check_log(self, connection: Connection) -> None:
        """Put back what a write-ahead log should have held: DuckDB skips a garbage one silently."""
        known = connection.execute("SELECT batch FROM applied_batches").fetchall()
        lost = Staging(self.paths.staging).load_again(frozenset(name for (name,) in known))
        if lost:
            _LOG.warning(
                "%s: its write-ahead log was not readable; %d batches that it held are loaded "
                "again from %s", self.path, len(lost), self.paths.staging,
            )  # fmt: skip


def connect(path: Path) -> Connection:
    """Open a core file for writing, in the storage version that all readers know."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")  # it would go to standard output
    connection.execute("SET checkpoint_threshold = '0b'")  # a commit is written once, not twice
    # what memory cannot hold goes beside the core, where there is room, not to where one stands
    connection.execute(f"SET temp_directory = {literals.text(f'{path}.tmp')}")
    try:
        connection.execute(f"""
            ATTACH {literals.text(str(path))} AS core
            (STORAGE_VERSION '{STORAGE_VERSION}', ROW_GROUP_SIZE {ROW_GROUP})
        """)
        connection.execute("USE core")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def _has_tables(connection: Connection) -> bool:
    return bool(connection.execute("SELECT 1 FROM duckdb_tables() LIMIT 1").fetchone())


def _close(connection: Connection) -> None:
    # a WAL that is garbage is ignored in silence: nothing is ever left in one
    try:
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


class Writer:
    """The open core: what a run reads from it, and what it puts in."""

    def __init__(self, store: Store, connection: Connection, staging: Staging) -> None:
        self._store = store
        self._connection = connection
        self._staging = staging

    # ------------------------------------------------------------ what is configured

    def sync_sources(self, sources: Sequence[Source], day: date | None = None) -> None:
        """Bring sources and feeds to what is configured.

        Args:
            sources: all of them; others become inactive, their feeds disabled.
            day: from when changed ownership counts; today in the region if None.
        """
        tables = {
            "sources": rows.SOURCES.table(sources),
            "feeds": rows.FEEDS.table(feed for source in sources for feed in source.feeds),
        }
        kept = {
            "sources": "SELECT * FROM sources WHERE active OR source_id IN "
            "(SELECT source_id FROM fresh)",
            "feeds": "SELECT feed_id, source_id, url, kind, state <> 'disabled' FROM feeds "
            "WHERE state <> 'disabled' OR feed_id IN (SELECT feed_id FROM fresh)",
        }
        if any(self._differs(tables[name], query) for name, query in kept.items()):
            since = day or self._one("SELECT local_day(now())")
            self._stage_and_apply("sources", f"{since}", tables)

    def sync_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Bring the lists of actors, topics and places to those of the vocabulary."""
        tables = {
            "actors": rows.ACTORS.table(vocabulary.actor_rows()),
            "topics": rows.TOPICS.table(vocabulary.topic_rows()),
            "places": rows.PLACES.table(vocabulary.place_rows()),
        }
        if any(self._differs(table, f"FROM {name}") for name, table in tables.items()):
            self._stage_and_apply("vocabulary", vocabulary.version, tables)

    def other_seeds(self, seeds: Sequence[SeedDocument]) -> tuple[SeedDocument, ...]:
        """Give the seeds that come or go when the corpus is brought to these documents."""
        kept, wanted = candidates.seeds(self._connection), tuple(seeds)
        return (
            *(seed for seed in wanted if seed not in kept),
            *(seed for seed in kept if seed not in wanted),
        )

    def has_articles(self) -> bool:
        """Say whether any article is stored."""
        return bool(self._one("SELECT EXISTS (FROM articles)"))

    def sync_seeds(self, seeds: Sequence[SeedDocument], links: Links | None = None) -> None:
        """Bring the seed corpus to these documents.

        Args:
            seeds: all of them.
            links: pairs with seeds, and novelty, of the stored articles this concerns.
        """
        table = rows.SEEDS.table(seeds)
        stored = """
            SELECT d.*, f.normal_hash, f.word_count, f.sketch, f.shingles, f.numbers, f.sentences
            FROM seed_documents AS d JOIN seed_fingerprints AS f USING (seed_id)
        """
        if self._differs(table, stored):
            tables = {"seeds": table} | _link_tables(links or Links())
            self._stage_and_apply("seeds", "", tables)

    def _differs(self, fresh: pa.Table, stored: str) -> bool:
        self._connection.register("fresh", fresh)
        query = f"""
            SELECT EXISTS (FROM fresh EXCEPT ALL ({stored}))
                OR EXISTS (({stored}) EXCEPT ALL FROM fresh)
        """
        differs = bool(self._one(query))
        self._connection.unregister("fresh")
        return differs

    # ------------------------------------------------------------ what is remembered

    def feed_states(self) -> dict[str, FeedState]:
        """Give what is remembered of each feed, by feed id."""
        found = self._connection.execute("""
            SELECT feed_id, polled_url, state, etag, last_modified, body_hash, next_poll_at,
              interval_seconds, consecutive_failures, last_success_at, last_error, moved_to,
              recent_items
            FROM feeds
        """).fetchall()
        return {row[0]: _feed_state(row) for row in found}

    def host_states(self) -> dict[str, HostState]:
        """Give what is remembered of each host, by name."""
        found = self._connection.execute("FROM hosts").fetchall()
        return {row[0]: HostState(*row) for row in found}

    def pending_items(self, now: datetime) -> tuple[Item, ...]:
        """Give the items that wait for an attempt which is due, oldest first."""
        found = self._connection.execute(
            """
            SELECT item_id, feed_id, source_id, article_id, seen_at, reason, attempts,
              next_attempt_at, url, guid, title, summary, content_html, published_at,
              modified_at, authors
            FROM items
            WHERE state = 'pending' AND (next_attempt_at IS NULL OR next_attempt_at <= ?)
            ORDER BY seen_at, item_id
            """,
            [now],
        ).fetchall()
        return tuple(_item(row) for row in found)

    def revisits(self, now: datetime) -> tuple[Item, ...]:
        """Give the entries whose edited article is to be fetched again by now, oldest first."""
        found = self._connection.execute(
            """
            SELECT i.item_id, i.feed_id, i.source_id, i.article_id, r.seen_at, NULL, r.attempts,
              r.next_attempt_at, i.url, i.guid, i.title, NULL, r.content_html, i.published_at,
              i.modified_at, i.authors
            FROM revisits AS r JOIN items AS i USING (item_id)
            WHERE r.next_attempt_at IS NULL OR r.next_attempt_at <= ?
            ORDER BY r.seen_at, i.item_id
            """,
            [now],
        ).fetchall()
        return tuple(replace(_item(row), again=True) for row in found)

    def known_entries(self, item_ids: Sequence[str]) -> dict[str, KnownEntry]:
        """Give what entries said so far that own a stored article, by item id."""
        found = self._connection.execute(
            """
            SELECT i.item_id, i.title, i.seen_at, i.published_at, i.modified_at, i.content_hash
            FROM (FROM items WHERE item_id IN (SELECT unnest(?))) AS i
            JOIN articles AS a ON a.article_id = i.article_id AND a.feed_id = i.feed_id
            WHERE i.state IN ('loaded', 'duplicate', 'off_topic')
            """,
            [sorted(item_ids)],
        ).fetchall()
        return {item_id: KnownEntry(*said) for item_id, *said in found}

    def first_fetched(self, article_ids: Sequence[str]) -> dict[str, datetime]:
        """Give the times of those stored articles whose only date is that of the first fetch."""
        found = self._connection.execute(
            """
            SELECT article_id, published_at FROM articles
            WHERE published_from = 'fetch' AND article_id IN (SELECT unnest(?))
            """,
            [sorted(article_ids)],
        ).fetchall()
        return {article_id: at.astimezone(UTC) for article_id, at in found}

    def unfinished(self, item_ids: Sequence[str] | frozenset[str]) -> frozenset[str]:
        """Give those of the items that are pending: a new one may be stored already."""
        found = self._connection.execute(
            "SELECT item_id FROM items WHERE state = 'pending' AND item_id IN (SELECT unnest(?))",
            [sorted(item_ids)],
        ).fetchall()
        return frozenset(item for (item,) in found)

    def alerts(self) -> tuple[Alert, ...]:
        """Give every alert there was, the latest first."""
        return alerts.alerts(self._connection)

    def deliveries(self) -> tuple[Delivery, ...]:
        """Give every delivery of an alert."""
        return alerts.deliveries(self._connection)

    def run_states(self, run_id: str) -> dict[str, int]:
        """Give what became of the entries of a run, by state."""
        found = self._connection.execute(
            "SELECT state, items FROM ledger WHERE run_id = ?", [run_id]
        ).fetchall()
        return dict(found)

    def candidates(self, articles: Sequence[TaggedArticle]) -> Known:
        """Give what is stored that these articles may repeat."""
        known = candidates.find(self._connection, articles)
        return rewritten.loosened(self._connection, articles, known)

    # ------------------------------------------------------------ what a run puts in

    def start_run(
        self,
        run_id: str,
        flow: str,
        started_at: datetime,
        code_version: str,
        vocabulary_version: str,
    ) -> None:
        """Open a run; an earlier one of this machine that was killed is marked as died."""
        run = rows.RunRow(
            run_id,
            flow,
            started_at,
            "running",
            code_version=code_version,
            vocabulary_version=vocabulary_version,
        )
        tables = {"runs": rows.RUNS.table([run])}
        if lakehouse.of(self._store.paths):
            tables["ours"] = rows.OURS.table(sorted({run_id} | self._staging.begun()))
        self._stage_and_apply("start", run_id, tables)

    def finish_run(
        self, run_id: str, state: str, counts: Mapping[str, object], finished_at: datetime
    ) -> None:
        """Close a run with what it counted."""
        document = json.dumps(counts, ensure_ascii=False)
        run = rows.RunRow(run_id, "", None, state, finished_at, document)
        self._stage_and_apply("finish", run_id, {"runs": rows.RUNS.table([run])})

    def resume(self, run_id: str, items: Sequence[Item]) -> None:
        """Count items that an earlier run left pending to this run."""
        if items:
            table = rows.RUN_ITEMS.table(item.item_id for item in items)
            self._stage_and_apply("resume", run_id, {"run_items": table})

    def record_polls(
        self,
        run_id: str,
        polls: Sequence[Poll],
        items: Sequence[Item],
        edited: Sequence[Item] = (),
    ) -> frozenset[str]:
        """Store polls, the feeds' states after them, items not seen before, and edits.

        Gives the ids of the new items. One whose article is stored through another feed
        ends as `duplicate` at once: ask `unfinished` which are left to fetch.
        """
        tables = _poll_tables(polls, items) | {"revisits": rows.REVISITS.table(edited)}
        outcome = self._stage_and_apply("polls", run_id, tables)
        return outcome.new_items

    def load(self, run_id: str, batch: Batch, links: Links) -> LoadReport:
        """Load a batch in one transaction; loading it again changes nothing."""
        return self.load_prepared(self._store.prepare(run_id, batch, links))

    def load_prepared(self, prepared: PreparedBatch) -> LoadReport:
        """Load a batch that is on disk already, as `load` does."""
        outcome = self._queue_and_apply(prepared)
        return LoadReport(
            articles_loaded=outcome.articles_loaded,
            revisions=outcome.revisions,
            states=outcome.states,
            duplicates=outcome.duplicates,
        )

    def record_alerts(self, found: Sequence[Alert], told: Sequence[Delivery]) -> None:
        """Keep new alerts, and where deliveries stand; one that was delivered stays so."""
        tables = {"alerts": ALERTS.table(found), "alert_deliveries": DELIVERIES.table(told)}
        self._stage_and_apply("alerts", "", tables)

    def article_ids(self, source_id: str | None = None, urls: Sequence[str] = ()) -> frozenset[str]:
        """Give the ids of articles and entries of a source, or behind some addresses."""
        return forgetting.find(self._connection, source_id, urls)

    def addresses(self, article_ids: frozenset[str]) -> frozenset[str]:
        """Give the addresses under which articles were met."""
        return forgetting.addresses(self._connection, article_ids)

    def forget(self, article_ids: frozenset[str], at: datetime, reason: str) -> int:
        """Take articles out for good, leave tombstones, and give how many were there."""
        stones = [rows.Tombstone(each, at, reason) for each in sorted(article_ids)]
        stored = forgetting.stored(self._connection, article_ids)
        left = forgetting.regrouped(self._connection, article_ids)
        tables = {"forgotten": rows.FORGOTTEN.table(stones), "clusters": rows.CLUSTERS.table(left)}
        self._stage_and_apply("forget", "", tables)
        return stored

    def forgotten(self) -> tuple[rows.Tombstone, ...]:
        """Give all tombstones."""
        found = self._connection.execute("FROM forgotten ORDER BY url_hash").fetchall()
        return tuple(rows.Tombstone(*row) for row in found)

    def note_progress(self, run_id: str, progress: Mapping[str, object]) -> None:
        """Note how far a run is; `last_run` gives it should the run die."""
        self._stage_and_apply("progress", run_id, {"progress": _progress(progress)})

    def last_run(self, flow: str, but: str) -> tuple[str, dict[str, Any]]:
        """Give state and counts of the latest run of a flow but one; empty if there is none."""
        found = self._connection.execute(
            """
            SELECT state, counts FROM runs WHERE flow = ? AND run_id <> ?
            ORDER BY started_at DESC, rowid DESC LIMIT 1
            """,
            [flow, but],
        ).fetchone()
        return (found[0], json.loads(found[1] or "{}")) if found else ("", {})

    def retag(
        self, run_id: str, retagged: Sequence[Retagged], progress: Mapping[str, object]
    ) -> None:
        """Replace tags and story marks of stored articles in one transaction, and note progress.

        The stories around them are told anew.
        """
        tables = {staged.name: staged.table(retagged) for staged in rows.TAG_TABLES}
        tables |= {
            staged.name: staged.table(retagged) for staged in (rows.RELEVANCE, rows.STORY_MARKS)
        }
        tables |= {"progress": _progress(progress)}
        self._stage_and_apply("retag", run_id, tables)

    def reextract(
        self,
        run_id: str,
        articles: Sequence[TaggedArticle],
        links: Links,
        progress: Mapping[str, object],
    ) -> None:
        """Replace stored articles in one transaction, and note how far the run is.

        What they said before is kept as a revision where title or text are others.
        """
        tables = _article_tables(articles, links) | {"progress": _progress(progress)}
        self._stage_and_apply("reextract", run_id, tables)

    def relink(
        self, run_id: str, differences: Mapping[str, pa.Table], progress: Mapping[str, object]
    ) -> None:
        """Put other links in the place of what is stored, in one transaction."""
        self._stage_and_apply("relink", run_id, {**differences, "progress": _progress(progress)})

    def doubt_marts(self) -> None:
        """Let all day marts be built anew from the facts; they should not change."""
        self._check(CHECKS["doubt"])
        self._connection.execute("""
            INSERT INTO stale_days
            SELECT DISTINCT day, true FROM articles
            UNION SELECT DISTINCT local_day(polled_at), false FROM polls
            EXCEPT FROM stale_days
        """)

    def catch_up(self) -> bool:
        """Do a part of what loads put off until a snapshot is made; say whether there was any."""
        return self._put_off(later.catch_up)

    def _put_off(self, work: Callable[[Step], bool]) -> bool:
        self._connection.execute("BEGIN")
        try:
            done = work(Step(self._connection, "", frozenset()))
            self._check(CHECKS["later"] if done else ())
            self._connection.execute("COMMIT")
        except Exception:
            with suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
            raise
        return done

    # ------------------------------------------------------------ staging

    def load_staged(self) -> None:
        """Load what an earlier process staged and did not live to load."""
        for batch in self._staging.ready():
            self._apply(batch)

    def _stage_and_apply(self, kind: str, run_id: str, tables: Mapping[str, pa.Table]) -> Outcome:
        return self._queue_and_apply(self._staging.prepare(kind, run_id, tables))

    def _queue_and_apply(self, prepared: PreparedBatch) -> Outcome:
        return self._apply(self._staging.queue(1 + self.last_sequence(), prepared))

    def last_sequence(self) -> int:
        """Give the place of the batch that was loaded last, 0 before the first."""
        last = self._one("SELECT max(sequence) FROM applied_batches")
        return int(self._staging.last_sequence() if last is None else last)

    def _apply(self, batch: StagedBatch) -> Outcome:
        outcome = self._load_once(batch)
        self._staging.done(batch)
        self._put_off(later.relieve)
        return outcome

    def _load_once(self, batch: StagedBatch) -> Outcome:
        known = self._connection.execute(
            "SELECT 1 FROM applied_batches WHERE batch = ?", [batch.name]
        ).fetchone()
        return Outcome() if known else self._apply_new(batch)

    def _apply_new(self, batch: StagedBatch) -> Outcome:
        self._connection.execute("BEGIN")
        try:
            outcome = apply(self._connection, batch)
            self._check(CHECKS.get(batch.kind, ()))
            self._connection.execute(
                "INSERT INTO applied_batches VALUES (?, ?)", [batch.name, batch.sequence]
            )
            self._connection.execute("COMMIT")
        except Exception as error:
            with suppress(duckdb.Error):  # DuckDB may have given the transaction up itself
                self._connection.execute("ROLLBACK")
            if not is_full(error):
                self._staging.refuse(batch)
            raise
        return outcome

    def _check(self, views: Sequence[str]) -> None:
        """Refuse a load after which something holds that must not."""
        for view in views:
            broken = self._connection.execute(f"FROM {view} LIMIT 5").fetchall()
            if broken:
                raise WarehouseError(f"{view}: {broken}: the load was undone")

    def _one(self, query: str) -> Any:
        row = self._connection.execute(query).fetchone()
        return row[0] if row else None


def _progress(counts: Mapping[str, object]) -> pa.Table:
    return rows.PROGRESS.table([json.dumps(counts, ensure_ascii=False, default=str)])


def _article_tables(articles: Sequence[TaggedArticle], links: Links) -> dict[str, pa.Table]:
    once = rows.only_first(articles)
    tables = {staged.name: staged.table(once) for staged in rows.ARTICLE_TABLES}
    return tables | _link_tables(links)


def _link_tables(links: Links) -> dict[str, pa.Table]:
    return {
        "duplicates": rows.DUPLICATES.table(rows.one_per_pair(links.duplicates)),
        "clusters": rows.CLUSTERS.table(rows.one_per_article(links.memberships)),
        "novelty": rows.NOVELTY.table(dict(links.novelty).items()),
    }


def _poll_tables(polls: Sequence[Poll], items: Sequence[Item]) -> dict[str, pa.Table]:
    states = {poll.feed_id: poll.after for poll in polls}
    once = {item.item_id: item for item in items}
    return {
        "polls": rows.POLLS.table({poll.poll_id: poll for poll in polls}.values()),
        "feed_states": rows.FEED_STATES.table(states.values()),
        "items": rows.ITEMS.table(once.values()),
    }


def _feed_state(row: Sequence[Any]) -> FeedState:
    return FeedState(
        feed_id=row[0],
        url=row[1],
        state=FeedStatus(row[2]),
        etag=row[3],
        last_modified=row[4],
        body_hash=row[5],
        next_poll_at=row[6],
        interval_seconds=row[7],
        consecutive_failures=row[8],
        last_success_at=row[9],
        last_error=row[10],
        moved_to=row[11],
        recent_items=tuple(row[12]),
    )


def _item(row: Sequence[Any]) -> Item:
    entry = FeedEntry(
        url=row[8],
        guid=row[9],
        title=row[10],
        summary=row[11] or "",
        content_html=row[12],
        published_at=row[13],
        modified_at=row[14],
        authors=tuple(row[15] or ()),
    )
    return Item(
        item_id=row[0],
        feed_id=row[1],
        source_id=row[2],
        article_id=row[3],
        entry=entry,
        seen_at=row[4],
        state=ItemState.PENDING,
        reason=row[5],
        attempts=row[6],
        next_attempt_at=row[7],
    )
