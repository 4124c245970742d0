"""Room to write: a full disk is an error with a name, from whichever library it comes."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from flows.errors import DiskFull

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))


def is_full(error: BaseException) -> bool:
    """Say whether an error means that there is no room; DuckDB says so in words only."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    return isinstance(error, duckdb.Error | pa.ArrowException) and "No space left" in str(error)


@contextmanager
def needing_room(path: Path) -> Iterator[None]:
    """Write while inside.

    Raises:
        DiskFull: there was no room.
    """
    try:
        yield
    except (OSError, duckdb.Error, pa.ArrowException) as error:
        if is_full(error):
            raise DiskFull(path) from error
        raise
