"""The error tree; each error carries what its handler needs.

AraxesError                 anything we raise on purpose; the CLI prints it without a traceback
├── ConfigError             sources.toml or a vocabulary is wrong         exit 2
├── UsageError              the command line asks for what cannot be      exit 2
├── FetchError              one exchange with a server failed; `.fault` names how
│   ├── Refused             we did not ask: address, scheme, robots, opt-out
│   ├── Throttled           429 or 503 with a Retry-After; `.retry_after` in seconds
│   ├── BadStatus           any other status that is not a success; `.status`
│   ├── TooLarge            over the byte cap, on the wire or after decoding
│   ├── Truncated           the body ended early: nothing of it may be kept
│   └── Unreachable         DNS, connection, TLS, protocol or deadline; `.fault` says which
├── WorkerError             a killable worker died, hung or ran out of memory
├── ClusterLost             the Dask cluster went away; what it had to do waits
└── WarehouseError          the database cannot be used as it is
    ├── Locked              another process holds it; `.holder`           exit 1
    ├── DiskFull            no room to write; what was loaded stays
    ├── Corrupt             refused, never written over; `.newest_snapshot`
    └── NewerSchema         the file was written by newer code
"""

from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override


class AraxesError(Exception):
    """Anything Araxes raises on purpose; `remedy` says what the reader can do."""

    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One thing wrong in a configuration file, and what would be right."""

    file: Path
    line: int | None
    key: str
    message: str

    @override
    def __str__(self) -> str:
        """One line: file, line, key, what is allowed."""
        where = f"{self.file}:{self.line}" if self.line else f"{self.file}"
        return f"{where}: {self.key}: {self.message}"


class ConfigError(AraxesError):
    """All problems of a configuration at once, found before any request."""

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UsageError(AraxesError):
    """The command line asks for something that cannot be."""


class FetchError(AraxesError):
    """One exchange with a server failed."""

    def __init__(self, url: str, fault: str, detail: str = "") -> None:
        super().__init__(f"{url[:200]}: {fault}" + (f" ({detail[:200]})" if detail else ""))
        self.url = url
        self.fault = fault
        self.detail = detail


class Refused(FetchError):
    """We did not ask: the address, scheme, robots.txt or an opt-out forbids it."""


class Throttled(FetchError):
    """The server asks us to wait."""

    def __init__(self, url: str, status: int, retry_after: float | None) -> None:
        super().__init__(url, f"http {status}", f"retry after {retry_after} s")
        self.status = status
        self.retry_after = retry_after


class BadStatus(FetchError):
    """The server answered, but not with what we asked for."""

    def __init__(self, url: str, status: int, detail: str = "") -> None:
        super().__init__(url, f"http {status}", detail)
        self.status = status


class TooLarge(FetchError):
    """The body is over the cap, on the wire or after decoding."""


class Truncated(FetchError):
    """The body ended before it should have; nothing of it, validators included, may be kept."""


class Unreachable(FetchError):
    """DNS, connection, TLS, protocol or deadline."""

    @property
    def is_outage(self) -> bool:
        """Our own network is down: nobody else is to blame, and nothing was attempted."""
        return self.fault in {"dns-temporary", "no-network"}


class WorkerError(AraxesError):
    """A worker died, hung or ran out of memory; only its own task is lost."""

    def __init__(self, task: str, fault: str) -> None:
        super().__init__(f"{task}: worker {fault}")
        self.task = task
        self.fault = fault

    @override
    def __reduce__(self) -> tuple[type["WorkerError"], tuple[str, str]]:
        """Cross from one machine to another whole."""
        return WorkerError, (self.task, self.fault)


class ClusterLost(AraxesError):
    """The Dask cluster went away under a run; entries stay pending for the next one."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"the Dask cluster was lost: {detail[:200]}")
        self.remedy = "see to its scheduler and workers, then run again: nothing is lost"


class WarehouseError(AraxesError):
    """The database cannot be used as it is."""


class Locked(WarehouseError):
    """Another process holds the warehouse."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path} is in use by {holder}")
        self.remedy = "wait for it to end, or stop it; its work is picked up by the next run"
        self.holder = holder


class DiskFull(WarehouseError):
    """There is no room to write; what was loaded stays, what was not waits for the next run."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"the disk of {path} is full")
        self.remedy = "make room, then run again: nothing that was loaded is lost"


class Corrupt(WarehouseError):
    """The file is damaged; it is refused and never written over."""

    def __init__(self, path: Path, detail: str, newest_snapshot: Path | None) -> None:
        super().__init__(f"{path} is damaged: {detail}")
        self.remedy = (
            f"restore from the newest snapshot: {newest_snapshot}"
            if newest_snapshot
            else "no snapshot was found beside it; restore a backup"
        )
        self.newest_snapshot = newest_snapshot


class NewerSchema(WarehouseError):
    """The file was written by a newer version of Araxes."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(f"{path} has schema {found}; this version knows {known}")
        self.remedy = "upgrade Araxes, or use another --db"
