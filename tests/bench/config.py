"""How long a source list takes to load, and whether malformed lists are refused by name.

    python tests/bench/config.py [--sources 200] [--malformed FILE.json] [--toml FILE.toml]

FILE.json maps a case's name to a TOML document in base64; FILE.toml is one document.
"""

import argparse
import base64
import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from flows import config
from flows.errors import ConfigError

SOURCE = """
[[source]]
id = "outlet-{n}"
name = "Outlet {n}"
homepage = "https://outlet-{n}.ge/"
country = "GE"
ownership = "independent"
perspective = "GE"
languages = ["ka", "en", "ru"]
evidence = "https://outlet-{n}.ge/about"
expect_per_day = [1, 60]
[[source.feed]]
url = "https://outlet-{n}.ge/ka/feed"
[[source.feed]]
url = "https://outlet-{n}.ge/en/feed"
max_interval = "3h"
"""


def cpu_ms(path: Path) -> float:
    """CPU milliseconds of loading in this process, where everything is imported already."""
    before = time.process_time()
    with suppress(ConfigError):
        config.load(path)
    return (time.process_time() - before) * 1000


def fresh_ms(path: Path) -> float:
    """CPU milliseconds of a whole new process that loads; the interpreter is about 20 of them."""
    code = (
        "import time, sys; from pathlib import Path; from flows import config;"
        "config.load(Path(sys.argv[1])); print(time.process_time() * 1000)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    return float(run.stdout)


def timings(count: int) -> None:
    text = "[defaults]\n" + "".join(SOURCE.format(n=n) for n in range(count))
    with tempfile.TemporaryDirectory() as folder:
        good, bad = Path(folder, "good.toml"), Path(folder, "bad.toml")
        good.write_text(text, "utf-8")
        bad.write_text(text.replace('"GE"', '"Georgia"'), "utf-8")
        first = cpu_ms(good)
        print(f"| list of {count} sources | CPU ms |\n| --- | ---: |")
        print(f"| a new process, imports included | {fresh_ms(good):.0f} |")
        print(f"| first load | {first:.0f} |")
        print(f"| again | {cpu_ms(good):.0f} |")
        print(f"| with {2 * count} problems, lines found | {cpu_ms(bad):.0f} |")


def refusals(cases: dict[str, bytes]) -> None:
    print("\n| case | refused | first line told | CPU ms |\n| --- | --- | --- | ---: |")
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sources.toml")
        for name, body in cases.items():
            path.write_bytes(body)
            before = time.process_time()
            try:
                config.load(path)
                told = ""
            except ConfigError as error:
                told = str(error).splitlines()[0].removeprefix(f"{folder}/")
            refused += bool(told)
            spent = (time.process_time() - before) * 1000
            print(f"| {name} | {'yes' if told else 'NO'} | `{told[:90]}` | {spent:.0f} |")
    print(f"\n{refused} of {len(cases)} refused")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--malformed", type=Path)
    parser.add_argument("--toml", type=Path)
    options = parser.parse_args()
    timings(options.sources)
    cases: dict[str, bytes] = {}
    if options.malformed:
        coded = json.loads(options.malformed.read_text("utf-8"))
        cases |= {name: base64.b64decode(body) for name, body in coded.items()}
    if options.toml:
        cases[options.toml.name] = options.toml.read_bytes()
    if cases:
        refusals(cases)


if __name__ == "__main__":
    main()
