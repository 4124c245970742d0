"""Files to a run's setup: the source list, the packaged vocabulary, the seed corpus."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import warehouse
from flows import config
from flows.dedup import corpus
from flows.runs import Setup
from flows.tag import vocabulary
from warehouse.store import Store

SEED_CORPUS = Path(warehouse.__file__).parent / "seed_corpus"


def setup(db: Path, sources: Path, now: Callable[[], datetime], seeds: Path = SEED_CORPUS) -> Setup:
    """Read everything a run needs, before it asks any server for anything.

    Raises:
        ConfigError: the source list or the vocabulary is wrong; all problems at once.
    """
    return Setup(
        store=Store(db),
        sources=config.load(sources),
        vocabulary=vocabulary.load(),
        seeds=corpus.load(seeds),
        now=now,
    )
