"""`araxes serve`: a real private Prefect server, a real schedule, real processes."""

import os
import signal
import subprocess
import sys
import time

import pytest
import saved_site
from test_ingest_run import ask, page

from flows.errors import AraxesError

SECONDS = 480


@pytest.mark.slow
def test_serving_ingests_on_schedule_and_ends_cleanly_when_told_to(tmp_path):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT")}
    with saved_site.serving({f"/page/{n}": page(n) for n in range(3)}) as base:
        (tmp_path / "sources.toml").write_text(saved_site.sources_toml({"one": base}))
        command = [sys.executable, "-m", "flows.cli", "--db", str(tmp_path / "w.duckdb")]
        process = subprocess.Popen(
            [*command, "--sources", str(tmp_path / "sources.toml"), "serve", "--every", "1m"],
            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        try:
            runs = wait_for_runs(tmp_path)
        finally:
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=180)
    assert runs, out + err
    assert process.returncode == 0, err  # a service that is told to end has ended well
    assert ask(tmp_path, "SELECT count(*) FROM articles") == [(3,)]


def wait_for_runs(folder) -> list[tuple[str]]:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        time.sleep(1)
        if (folder / "w.read.duckdb").exists():
            done = ask(folder, "SELECT state FROM runs WHERE state = 'completed'")
            if done:
                return done
    return []


def test_a_server_that_cannot_start_names_its_log(tmp_path, monkeypatch):
    from flows import serving

    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(AraxesError, match=r"server\.log"), serving.private_server(tmp_path):
        pass
