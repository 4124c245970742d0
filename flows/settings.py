"""What a command was asked to work on: the global options and the environment."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """The global options of `araxes`; every command takes them."""

    db: Path
    sources: Path
    db_given: bool = False  # on the command line: the demo replaces no database it was not given
    json: bool = False
    verbosity: int = 0

    @classmethod
    def from_environment(cls) -> "Settings":
        """Give the defaults, or what ARAXES_DB and ARAXES_SOURCES say instead."""
        return cls(
            db=Path(os.environ.get("ARAXES_DB") or "warehouse/araxes.duckdb"),
            sources=Path(os.environ.get("ARAXES_SOURCES") or "sources.toml"),
        )
