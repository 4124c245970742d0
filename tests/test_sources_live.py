"""`araxes sources check --live` and `discover` as a user runs them, against real servers."""

import json
import os
import socket
from datetime import UTC, datetime, timedelta

import pytest
from test_collect_discover import rss, site  # noqa: F401 - a fixture
from test_ingest_faults import finish, start

SOURCE = """
[[source]]
id = "{name}"
name = "{name}"
homepage = "{base}/"
country = "AM"
ownership = "unknown"
perspective = "other"
languages = ["ru"]
evidence = "https://araxes.example/register"
allow_networks = ["127.0.0.0/8"]
[[source.feed]]
url = "{base}{path}"
"""
PAGE = '<html><link rel="alternate" type="application/rss+xml" href="/new/rss.xml"></html>'


EMPTY = '<rss version="2.0"><channel><title>x</title></channel></rss>'
YESTERDAY = datetime.now(UTC) - timedelta(days=1)  # noqa: TID251 - the command has its own clock


def feed():
    """Give a feed that is not stale when the command looks at it."""
    return rss().replace("Mon, 05 Oct 2026", f"{YESTERDAY:%a, %d %b %Y}")


def nobody():
    """Give the address of a port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def write_list(folder, **sites):
    head = '[defaults]\ncontact = "mailto:desk@valley.ge"\nmin_delay = "0s"\n'
    rows = (SOURCE.format(name=name, base=base, path=path) for name, (base, path) in sites.items())
    (folder / "sources.toml").write_text(head + "".join(rows))


@pytest.fixture
def web(site, tmp_path):  # noqa: F811
    """Serve a feed of each kind of luck, and write the list of them."""
    write_list(
        tmp_path,
        well=(site({"/feed": feed()}), "/feed"),
        moved=(site({"/feed": 301, "/moved.xml": feed()}), "/feed"),
        replaced=(site({"/": PAGE, "/new/rss.xml": feed()}), "/old"),
        page=(site({"/": PAGE, "/old": "<html>no feed</html>", "/new/rss.xml": feed()}), "/old"),
        lost=(site({"/": "<html/>"}), "/feed"),
        closed=(nobody(), "/feed"),
        empty=(
            site({"/feed": EMPTY}),
            "/feed",
        ),
    )
    return tmp_path


def test_the_check_names_the_dead_says_what_would_mend_them_and_ends_with_1(web):
    code, out, err = finish(start(web, "sources", "check", "--live", "--json"))
    assert code == 1, err
    checks = {check["source_id"]: check for check in json.loads(out)["feeds"]}
    assert {name: check["verdict"] for name, check in checks.items()} == {
        "well": "ok",
        "moved": "moved",
        "replaced": "dead",
        "page": "dead",
        "lost": "dead",
        "closed": "dead",
        "empty": "empty",
    }
    assert checks["moved"]["fix"].endswith('/moved.xml"')
    assert checks["replaced"]["fix"].endswith('/new/rss.xml"')
    assert checks["page"]["fix"].endswith('/new/rss.xml"')
    assert (checks["lost"]["fix"], checks["lost"]["error"]) == (None, "http 404")
    assert (checks["closed"]["fix"], checks["closed"]["status"]) == (None, None)
    assert "connect" in checks["closed"]["error"]
    assert (checks["well"]["form"], checks["well"]["entries"]) == ("rss20", 3)


def test_the_table_puts_what_needs_a_hand_first(web, monkeypatch):
    monkeypatch.setitem(os.environ, "COLUMNS", "250")
    code, out, err = finish(start(web, "sources", "check", "--live"))
    assert code == 1, err
    rows = [line for line in out.splitlines() if line.startswith("│")]
    verdicts = [row.split("│")[1].strip() for row in rows]
    assert verdicts[:4] == ["dead"] * 4
    assert "dead" not in verdicts[4:]
    assert "1 of 7 feeds are healthy." in out


def test_a_list_that_is_alive_ends_with_0(site, tmp_path):  # noqa: F811
    write_list(tmp_path, well=(site({"/feed": feed()}), "/feed"))
    code, out, err = finish(start(tmp_path, "sources", "check", "--live", "--json"))
    assert code == 0, err
    assert len(json.loads(out)["feeds"]) == 1


def test_discover_prints_the_private_network_that_the_source_needs(site, tmp_path):  # noqa: F811
    base = site({"/": PAGE, "/new/rss.xml": feed()})
    networks = ["--allow-network", "127.0.0.0/8", "--allow-network", "10.0.0.0/8"]
    code, out, err = finish(start(tmp_path, "sources", "discover", base, *networks))
    assert code == 0, err
    assert 'allow_networks = ["127.0.0.0/8"]' in out
    assert f'url = "{base}/new/rss.xml"' in out
