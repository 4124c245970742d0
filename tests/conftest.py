"""What several test files start or build once per process: each costs seconds."""

import gc
import os
import shutil
from functools import cache
from pathlib import Path

import pytest
from reprocess_cases import build, copied

from flows.tag import vocabulary
from flows.workers import Workers
from warehouse.store import Store

MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes; a run writes five gigabytes, and deletes what passed at once


def pytest_configure():
    """Keep what tests write in memory where there is room: a busy disk doubles their time."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_xdist_auto_num_workers():
    """Give one process more than there are cores: tests wait for servers and processes."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def one_reading_of_the_vocabulary():
    """Read the packaged vocabulary once: each setup of a run would read and check it again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vocabulary, "load", cache(vocabulary.load))
        yield


@pytest.fixture(scope="module")
def swept():
    """Let what a module's libraries left open be collected while its own filters hold."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def workers():
    """Give a pool of worker processes."""
    with Workers(2) as pool:
        yield pool


@pytest.fixture(scope="session")
def template(tmp_path_factory, workers):
    """Give the folder of a small ingested warehouse, which nobody may change."""
    return build(tmp_path_factory.mktemp("template"), workers)


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """Give a core that holds nothing yet: to make its tables and views takes half a second."""
    store = Store(tmp_path_factory.mktemp("empty") / "araxes.duckdb")
    with store.writing():
        pass
    return store.path


@pytest.fixture
def store(empty, tmp_path):
    """Give a warehouse that holds nothing yet."""
    return Store(Path(shutil.copy(empty, tmp_path)))


@pytest.fixture
def folder(template, tmp_path):
    """Give a copy of the small ingested warehouse, in `tmp_path`."""
    return copied(template, tmp_path)
