"""What `sources.toml` may say, and what it becomes."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from textwrap import dedent

import pytest

from flows import config
from flows.errors import ConfigError, ConfigProblem
from flows.model import ExtractRules, FeedKind, Source

OUTLET = """
    [[source]]
    id = "valley-post"
    name = "Valley Post"
    homepage = "https://valley.example/"
    country = "GE"
    ownership = "independent"
    perspective = "regional"
    languages = ["en", "ru"]
    evidence = "https://valley.example/about"
    [[source.feed]]
    url = "https://valley.example/feed"
    """


def parse(*texts: str) -> tuple[Source, ...]:
    return config.parse("\n".join(dedent(text) for text in texts))


def problems(*texts: str) -> tuple[ConfigProblem, ...]:
    with pytest.raises(ConfigError) as caught:
        parse(*texts)
    return caught.value.problems


def only(*texts: str) -> ConfigProblem:
    (problem,) = problems(*texts)
    return problem


def changed(old: str, new: str) -> str:
    assert old in OUTLET
    return OUTLET.replace(old, new)


def test_a_source_says_who_it_is_and_where_that_was_read():
    (source,) = parse(OUTLET)
    assert (source.source_id, source.name, source.country) == ("valley-post", "Valley Post", "GE")
    assert (source.ownership, source.perspective) == ("independent", "regional")
    assert source.languages == ("en", "ru")
    assert source.evidence == "https://valley.example/about"
    assert source.active
    assert source.expect_per_day is None


def test_a_feed_is_a_plain_active_feed_unless_it_says_otherwise():
    (feed,) = parse(OUTLET)[0].feeds
    assert feed.kind is FeedKind.FEED
    assert feed.active
    assert feed.source_id == "valley-post"
    assert (feed.min_interval, feed.max_interval) == (timedelta(minutes=10), timedelta(hours=24))
    assert (feed.policy.min_delay, feed.policy.max_bytes, feed.policy.timeout) == (2, 10**7, 30)


def test_a_feed_keeps_its_id_as_long_as_source_and_address_stay():
    first, second = parse(OUTLET)[0], parse(changed("Valley Post", "The Valley Post"))[0]
    assert first.feeds[0].feed_id == second.feeds[0].feed_id


def test_the_nearest_setting_wins():
    defaults = """
        [defaults]
        contact = "mailto:desk@valley.ge"
        min_interval = "20m"
        min_delay = "5s"
        """
    source = parse(
        defaults,
        changed('evidence = "', 'min_delay = "3s"\nmax_bytes = "2MB"\nevidence = "'),
        'min_interval = "1h"',
        '[[source.feed]]\nurl = "https://valley.example/news.xml"\nmin_delay = "500ms"',
    )[0]
    near, far = source.feeds
    assert (near.policy.min_delay, far.policy.min_delay) == (3, 0.5)
    assert (near.min_interval, far.min_interval) == (timedelta(hours=1), timedelta(minutes=20))
    assert near.policy.max_bytes == far.policy.max_bytes == 2_000_000
    assert near.policy.contact == far.policy.contact == "mailto:desk@valley.ge"


def test_a_feed_may_open_private_networks_and_take_a_proxy():
    (source,) = parse(
        changed("https://valley.example/feed", "http://127.0.0.1:8080/feed"),
        'allow_networks = ["127.0.0.0/8", "::1/128"]\nproxy = "http://user:secret@10.0.0.1:3128"',
    )
    policy = source.feeds[0].policy
    assert policy.allow_networks == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert policy.proxy == "http://user:secret@10.0.0.1:3128"


def test_a_listing_comes_with_the_selector_of_its_links():
    (source,) = parse(OUTLET, 'kind = "listing"\nlink_selector = "h2 > a[href]"')
    assert source.feeds[0].link_selector == "h2 > a[href]"


def test_selectors_of_a_source_win_over_the_general_extractor():
    (source,) = parse(OUTLET, '[source.extract]\ntitle = "h1"\nremove = ".ad, aside"')
    assert source.extract == ExtractRules(title="h1", remove=".ad, aside")


def test_expectations_are_kept():
    (source,) = parse(changed('evidence = "', 'expect_per_day = [1, 60]\nevidence = "'))
    assert source.expect_per_day == (1, 60)


def test_a_source_that_rests_rests_with_all_its_feeds():
    (source,) = parse(changed('evidence = "', 'active = false\nevidence = "'))
    assert not source.active
    assert not source.feeds[0].active


def test_a_feed_may_rest_alone():
    (source,) = parse(OUTLET, "active = false")
    assert source.active
    assert not source.feeds[0].active


def test_sources_keep_the_order_of_the_file():
    other = OUTLET.replace("valley", "ridge")
    assert [s.source_id for s in parse(other, OUTLET)] == ["ridge-post", "valley-post"]


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_files_of_windows_editors_are_read(tmp_path: Path, ending: str):
    path = tmp_path / "sources.toml"
    path.write_bytes(b"\xef\xbb\xbf" + dedent(OUTLET).replace("\n", ending).encode())
    assert config.load(path)[0].name == "Valley Post"


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("key", "value", "hint"),
    [
        ("id", '"Valley Post"', "a-z, 0-9 and -"),
        ("id", '"../../etc"', "a-z, 0-9 and -"),
        ("id", '"-x"', "starting with"),
        ("id", f'"{"x" * 65}"', "64"),
        ("id", "5", "a-z, 0-9 and -"),
        ("name", '""', "1 to 200"),
        ("name", r'"A\u0000"', "control"),
        ("name", r'"A\u202eB"', "control"),
        ("name", "[1]", "not an array"),
        ("homepage", '"valley.example"', "http:// or https://"),
        ("homepage", '"https://u:p@valley.example/"', "credentials"),
        ("country", '"Georgia"', "did you mean GE?"),
        ("country", '"ge"', "did you mean GE?"),
        ("country", '"UK"', "did you mean GB?"),
        ("country", '"AZE"', "did you mean AZ?"),
        ("country", '"XX"', "ISO 3166-1"),
        ("country", "[]", "ISO 3166-1"),
        ("ownership", '"free"', "state, public, foreign-public, party, commercial"),
        ("ownership", '["state"]', "state, public"),
        ("perspective", '"am"', "AM, AZ, GE, RU, TR, IR, west, regional, other"),
        ("languages", '"en"', "list"),
        ("languages", "[]", "list"),
        ("languages", '["klingon"]', "ISO 639-1"),
        ("languages", '["Armenian"]', "did you mean hy?"),
        ("languages", '["hye"]', "did you mean hy?"),
        ("languages", '["hyw"]', "ISO 639-1"),
        ("languages", '["en", "en"]', "twice"),
        ("languages", "[1]", "ISO 639-1"),
        ("evidence", '"my own knowledge"', "%"),
        ("evidence", "1979-05-27", "not a date"),
    ],
)
def test_a_bad_value_is_named_with_its_line_and_what_is_allowed(key: str, value: str, hint: str):
    (line,) = (line for line in OUTLET.splitlines() if f" {key} = " in line)
    problem = only(changed(line, f"    {key} = {value}"))
    assert problem.line == OUTLET.splitlines().index(line) + 1
    assert problem.key.endswith(f".{key}")
    assert hint in problem.message


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ('min_interval = "0s"', "1s to 31d"),
        ('min_interval = "-5m"', "1s to 31d"),
        ("min_interval = 10", 'such as "10m"'),
        ("min_interval = nan", 'such as "10m"'),
        ('min_interval = "10 minutes"', 'such as "10m"'),
        ('min_interval = "2d"', "must not be longer"),
        ('max_interval = "5m"', "must not be longer"),
        ('min_delay = "٢s"', 'such as "10m"'),
        ('timeout = "1h"', "100ms to 10m"),
        ('max_bytes = "10"', 'such as "10MB"'),
        ('max_bytes = "1TB"', "1KB to 1GB"),
        ("max_bytes = 99999999999999999999999", "huge number"),
        ('contact = "a desk"', "mailto:"),
        (r'contact = "mailto:a@b.ge\r\nX: y"', "mailto:"),
        ('allow_networks = "127.0.0.0/8"', "list"),
        ('allow_networks = ["127.0.0.1/8"]', "host bits"),
        ("allow_networks = [0]", "no network"),
        ('proxy = "socks5://valley.example"', "http"),
        ('kind = "rss"', "feed, news-sitemap, sitemap, listing"),
        ('active = "no"', "true or false"),
        ("active = 0", "true or false"),
        ('link_selector = "a"', "listing"),
    ],
)
def test_a_bad_setting_is_named_with_its_line_and_what_is_allowed(line: str, hint: str):
    problem = only(OUTLET, line)
    assert problem.key == f"source[valley-post].feed[1].{line.split(maxsplit=1)[0]}"
    assert problem.line == 14
    assert hint in problem.message


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://valley.example/feed",
        "/feed",
        "https://",
        "https://u:p@valley.example/feed",
        " https://valley.example/feed ",
        "https://valley.example/a b",
        "https://valley.example:0/feed",
        "https://valley.example:99999/feed",
        "https://valley.example:22/feed",
        "https:\\\\\\\\valley.example/feed",
        "https://[::1/feed",
        "http://127.0.0.1:8970/feed",
        "http://[::1]/feed",
        "http://[::ffff:10.0.0.1]/feed",
        "http://169.254.169.254/latest",
        "http://2130706433/feed",
        "http://0x7f.1/feed",
        "http://localhost/feed",
        "https://valley.example/" + "x" * 20_000,
    ],
)
def test_a_feed_that_may_never_be_asked_for_is_refused_by_name(url: str):
    problem = only(changed("https://valley.example/feed", url))
    assert problem.key == "source[valley-post].feed[1].url"
    assert problem.line == 12
    assert len(problem.message) < 300


@pytest.mark.parametrize("missing", ["id", "name", "homepage", "country", "ownership", "url"])
def test_a_missing_key_is_named_at_its_table(missing: str):
    (line,) = (line for line in OUTLET.splitlines() if f" {missing} = " in line)
    problem = only(changed(line + "\n", ""))
    assert problem.key.endswith(f".{missing}")
    assert problem.line == (11 if missing == "url" else 2)
    assert problem.message.startswith("is missing")


def test_a_source_without_a_feed_is_refused():
    assert "[[source.feed]]" in only(OUTLET[: OUTLET.index("[[source.feed]]")]).message


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[defaults]\n"])
def test_a_file_without_a_source_is_refused(text: str):
    assert "[[source]]" in only(text).message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('[source]\nid = "a"', "[[source]]"),
        ('source = "a"', "[[source]]"),
        ('[[source]]\nfeed = "https://valley.example/feed"', "[[source.feed]]"),
        ("[[source]]\n[source.feed]\nurl = 1", "[[source.feed]]"),
        ("source = [1]", "must be a table"),
        ("defaults = 1", "must be a table"),
        ("[[source]]\nextract = 1", "must be a table"),
    ],
)
def test_a_table_of_the_wrong_shape_is_told_how_it_is_written(text: str, hint: str):
    assert any(hint in problem.message for problem in problems(text))


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("lnaguages = []", "did you mean languages?"),
        ('language = "en"', "did you mean languages?"),
        ('url = "https://valley.example/feed"', "under [[source.feed]]"),
        ("colour = 1", "allowed: id, name"),
    ],
)
def test_an_unknown_key_gets_the_nearest_allowed_one(line: str, hint: str):
    problem = only(changed('    evidence = "', f'    {line}\n    evidence = "'))
    assert problem.key == f"source[valley-post].{line.split(maxsplit=1)[0]}"
    assert problem.line == 10
    assert hint in problem.message


def test_unknown_keys_are_found_in_every_table():
    found = problems(
        "top = 1\n[defaults]\nmin_dely = 1", OUTLET, "knid = 1", "[source.extract]\nh1=1"
    )
    assert [problem.key for problem in found] == [
        "top",
        "defaults.min_dely",
        "source[valley-post].feed[1].knid",
        "source[valley-post].extract.h1",
    ]


def test_a_listing_without_a_selector_is_refused():
    assert only(OUTLET, 'kind = "listing"').key.endswith("link_selector")


@pytest.mark.parametrize("css", ["", "a[[", "a:nonsense(", "p:unheard-of", "a" * 600, "::before("])
def test_a_selector_that_cannot_run_is_refused_at_once(css: str):
    assert only(OUTLET, f'[source.extract]\nbody = "{css}"').key.endswith("extract.body")


@pytest.mark.parametrize("numbers", ["[1]", "[2, 1]", "[-1, 5]", "[0.5, 1]", "[true, 5]", '"1-5"'])
def test_expectations_are_two_whole_numbers_in_order(numbers: str):
    bad = changed('evidence = "', f'expect_per_day = {numbers}\nevidence = "')
    assert only(bad).key.endswith("expect_per_day")


def test_an_id_may_stand_once():
    problem = only(OUTLET, OUTLET.replace("example/feed", "example/other"))
    assert problem.key == "source[valley-post].id"
    assert problem.line == 16


@pytest.mark.parametrize(
    "same",
    [
        "https://valley.example/feed",
        "HTTPS://Valley.Example:443/feed",
        "https://valley.example/feed#top",
        "https://valley.example./feed",
    ],
)
def test_a_feed_may_stand_once_however_it_is_spelt(same: str):
    problem = only(OUTLET, f'[[source.feed]]\nurl = "{same}"')
    assert problem.key == "source[valley-post].feed[2].url"
    assert "source[valley-post].feed[1].url" in problem.message


def test_all_problems_are_told_at_once_in_the_order_of_the_file():
    text = OUTLET.replace('"GE"', '"Georgia"').replace('"regional"', "7").replace("https", "ftp")
    found = problems(text)
    assert [problem.line for problem in found] == [5, 6, 8, 10, 12]


def test_lines_are_right_in_inline_tables_too():
    text = """
        [[source]]
        id = "valley-post"
        feed = [
          { url = "https://valley.example/1" },  # the first
          # none here
          { url = "ftp://valley.example/2" },
        ]
        """
    assert any(p.line == 7 and p.key.endswith("feed[2].url") for p in problems(text))


def test_a_message_can_neither_drive_a_terminal_nor_flood_it():
    text = OUTLET + '"\\u001b[31mred\\n" = 1\n"' + "k" * 10_000 + '" = 1\n'
    told = "\n".join(map(str, problems(text, 'name = "' + "x" * 5000 + '"')))
    assert "\x1b" not in told
    assert len(told) < 2000


# ---------------------------------------------------------------- files


def refused(path: Path) -> ConfigProblem:
    with pytest.raises(ConfigError) as caught:
        config.load(path)
    (problem,) = caught.value.problems
    assert problem.file == path
    return problem


def test_a_missing_file_is_a_configuration_error(tmp_path: Path):
    assert "No such file" in refused(tmp_path / "none.toml").message


def test_a_folder_is_a_configuration_error(tmp_path: Path):
    assert "cannot be read" in refused(tmp_path).message


@pytest.mark.parametrize(
    ("body", "line", "hint"),
    [
        (b'[[source]]\nname = "\xff"\n', 2, "UTF-8"),
        (b"[[source]\nid=", 1, "TOML"),
        (b'[[source]]\nid = "a"\n\n}}', 4, "TOML"),
        (b"[[source]]\rid = 'a'\r", 1, "TOML"),
        (b"a = 1\na = 2\n", 2, "TOML"),
        (b'name = "\x00"', 1, "TOML"),
        (b"a = " + b"[" * 20_000 + b"]" * 20_000, None, "nested"),
        (b"a = " + b"{a = " * 3000 + b"1" + b"}" * 3000, None, "nested"),
        (b"a = " + b"9" * 5000, None, "TOML"),
        (b"a." * 100_000 + b"b = 1", 1, "parts"),
        (b"[x]\n[" + b"a." * 100_000 + b"b]", 2, "parts"),
        (b"#" * 3_000_000, None, "larger"),
    ],
)
def test_what_is_no_toml_is_refused_where_it_breaks(
    tmp_path: Path, body: bytes, line: int | None, hint: str
):
    path = tmp_path / "sources.toml"
    path.write_bytes(body)
    problem = refused(path)
    assert problem.line == line
    assert hint in problem.message


@pytest.mark.parametrize("depth", [50, 150, 300])
def test_depth_that_toml_still_allows_is_no_crash(depth: int):
    assert problems(OUTLET.replace('"GE"', "[" * depth + "]" * depth))


# ---------------------------------------------------------------- contact


@pytest.mark.parametrize(
    ("contact", "nobody"),
    [
        ("mailto:you@example.org", True),
        ("https://www.example.com/bot", True),
        ("mailto:desk@newsroom.test", True),
        ("mailto:desk@valley.ge", False),
        ("https://valley.ge/bot", False),
        ("mailto:desk@notexample.org", False),
    ],
)
def test_a_contact_that_reaches_nobody_is_told_from_a_real_one(*, contact: str, nobody: bool):
    sources = parse(f'[defaults]\ncontact = "{contact}"', OUTLET)
    assert config.placeholder_contact(sources) is nobody


def test_without_a_contact_the_placeholder_stands():
    assert config.placeholder_contact(parse(OUTLET))
