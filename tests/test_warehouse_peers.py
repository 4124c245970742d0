"""DuckDB, SQLite and, where it is installed, PostgreSQL give the same answers."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent / "bench" / "warehouse.py"


@pytest.mark.slow
def test_other_databases_give_the_same_answers():
    asked = subprocess.run(
        [sys.executable, BENCH, "--articles", "100000", "--lean", "--rounds", "2", "--peers"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert "| yes |" in asked.stdout
    assert "| NO |" not in asked.stdout
