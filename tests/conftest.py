"""What several test files start or build once per process: each costs seconds."""

import pytest
from reprocess_cases import build, copied

from flows.workers import Workers
from warehouse.store import Store


@pytest.fixture(scope="session")
def workers():
    """Give a pool of worker processes."""
    with Workers(2) as pool:
        yield pool


@pytest.fixture(scope="session")
def template(tmp_path_factory, workers):
    """Give the folder of a small ingested warehouse, which nobody may change."""
    return build(tmp_path_factory.mktemp("template"), workers)


@pytest.fixture
def store(tmp_path):
    """Give a warehouse that holds nothing yet."""
    return Store(tmp_path / "araxes.duckdb")


@pytest.fixture
def folder(template, tmp_path):
    """Give a copy of the small ingested warehouse, in `tmp_path`."""
    return copied(template, tmp_path)
