"""Memory given back to the system: what a large document needed stays with the C library else."""

import ctypes
from collections.abc import Callable
from functools import cache
from pathlib import Path

_STATM = Path("/proc/self/statm")  # in pages; Linux only, as malloc_trim is
_PAGE = 4096
_WORTH_IT = 16 << 20


class Floor:
    """Keeps a process near what it needs at rest.

    Args:
        worth_it: bytes above rest from which giving back is worth its milliseconds.
    """

    def __init__(self, worth_it: int = _WORTH_IT) -> None:
        self._worth_it = worth_it
        self._rest = resident()

    def give_back(self) -> None:
        """Give back what is free, if the process has grown since it last did."""
        if resident() - self._rest > self._worth_it:
            _trim()(0)
            self._rest = resident()


def resident() -> int:
    """Give the bytes of memory this process holds; 0 where the system does not say."""
    try:
        return int(_STATM.read_bytes().split()[1]) * _PAGE
    except OSError:
        return 0


@cache
def _trim() -> Callable[[int], object]:
    try:
        return ctypes.CDLL(None).malloc_trim
    except AttributeError:  # a C library that needs no asking
        return bool
