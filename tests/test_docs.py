"""The commands in the tour work as written, one after another."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIVE = ("araxes ingest", "araxes dashboard")  # they want the internet, or stay open
FAILS_FOR_NEWCOMERS = {"araxes doctor": 1}  # the contact is still a placeholder


def commands(page: Path) -> list[str]:
    """Give the commands of a page's console blocks, in order."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of a page in a shell, with this environment's `araxes`."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.mark.slow
def test_the_tour_works_as_written(tmp_path):
    shutil.copy(ROOT / "sources.toml", tmp_path)
    (tmp_path / "flows").symlink_to(ROOT / "flows")
    for command in commands(ROOT / "docs/tour.md"):
        if command in LIVE:
            continue
        done = run(command, tmp_path)
        assert done.returncode == FAILS_FOR_NEWCOMERS.get(command, 0), f"{command}\n{done.stderr}"
        assert done.stdout or command.startswith("cp "), command


def test_the_readme_names_commands_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "python -m pip install uv && uv run araxes demo" in readme
    assert "python -m pip install uv && uv run pytest" in readme
