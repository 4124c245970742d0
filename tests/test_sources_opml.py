"""OPML in and out."""

from pathlib import Path

import pytest

from flows import config, opml
from flows.errors import ConfigError, UsageError

HEAD = '<?xml version="1.0"?><opml version="1.0"><head><title>mine</title></head><body>'
TAIL = "</body></opml>"


def toml_of(outlines: str) -> str:
    return opml.from_opml(HEAD + outlines + TAIL)


def finished(toml: str) -> str:
    """Fill the gaps as the file's author would."""
    return (
        toml.replace('country = ""', 'country = "GE"')
        .replace('ownership = ""', 'ownership = "unknown"')
        .replace('perspective = ""', 'perspective = "regional"')
        .replace("languages = []", 'languages = ["en"]')
        .replace('evidence = ""', 'evidence = "https://valley.example/about"')
    )


def test_a_feed_becomes_a_source_that_only_lacks_what_opml_cannot_say():
    toml = toml_of(
        '<outline text="Caucasus"><outline type="rss" text="Valley Post" language="hy-AM" '
        'xmlUrl="https://valley.example/feed" htmlUrl="https://valley.example/"/></outline>'
    )
    with pytest.raises(ConfigError) as caught:
        config.parse(toml)
    assert [problem.key.rpartition(".")[2] for problem in caught.value.problems] == [
        "country",
        "ownership",
        "perspective",
        "evidence",
    ]
    assert all("allowed" in p.message or "one of" in p.message for p in caught.value.problems)
    (source,) = config.parse(finished(toml))
    assert (source.source_id, source.name) == ("valley-example", "Valley Post")
    assert source.homepage == "https://valley.example/"
    assert source.languages == ("hy",)
    assert source.feeds[0].url == "https://valley.example/feed"


def test_feeds_of_one_site_become_one_source():
    toml = toml_of(
        '<outline text="Valley: news" xmlUrl="https://valley.example/news"/>'
        '<outline text="Ridge" xmlUrl="https://ridge.example/rss"/>'
        '<outline text="Valley" xmlUrl="https://www.valley.example/ru"/>'
    )
    sources = config.parse(finished(toml))
    assert [(s.source_id, len(s.feeds)) for s in sources] == [
        ("ridge-example", 1),
        ("valley-example", 2),
    ]
    assert sources[1].name == "Valley"


def test_a_feed_twice_in_opml_is_one_feed():
    outline = '<outline text="V" xmlUrl="https://valley.example/feed"/>'
    assert len(config.parse(finished(toml_of(outline * 2)))[0].feeds) == 1


def test_names_in_any_script_and_with_any_mark_survive():
    name = "Նոր &quot;լուր&quot; \\ &lt;b&gt; &amp; მთა"
    toml = toml_of(f'<outline text="{name}&#10;x" xmlUrl="https://valley.example/feed"/>')
    assert config.parse(finished(toml))[0].name == 'Նոր "լուր" \\ <b> & მთა x'


@pytest.mark.parametrize(
    "url", ["ftp://valley.example/feed", "javascript:alert(1)", "http://127.0.0.1:22/", "feed"]
)
def test_an_address_that_can_never_be_asked_for_is_a_comment(url: str):
    toml = toml_of(f'<outline text="V" xmlUrl="{url}&#10;[[source]]"/>')
    assert "left out" in toml
    assert all(line.startswith("#") for line in toml.splitlines() if line)


def test_feeds_that_are_watched_already_are_not_offered_again():
    toml = finished(toml_of('<outline text="V" xmlUrl="https://valley.example/feed"/>'))
    watched = config.parse(toml)
    document = (
        HEAD + '<outline text="V" xmlUrl="https://VALLEY.example:443/feed"/>'
        '<outline text="V2" xmlUrl="https://valley.example/new"/>' + TAIL
    )
    second = opml.from_opml(document, watched)
    assert "# watched already: https://valley.example/feed" in second
    assert config.parse(toml + finished(second))[1].source_id == "valley-example-2"


def test_bytes_are_read_in_the_encoding_they_declare():
    document = (
        '<?xml version="1.0" encoding="windows-1251"?><opml><body>'
        '<outline text="Новости" xmlUrl="https://valley.example/feed"/></body></opml>'
    )
    assert "Новости" in opml.from_opml(document.encode("cp1251"))
    assert "Новости" in opml.from_opml(document)


def test_old_readers_spell_attributes_their_own_way():
    assert "valley.example/feed" in toml_of(
        '<outline text="V" xmlurl="https://valley.example/feed"/>'
    )


@pytest.mark.parametrize(
    "document",
    [
        "",
        "not xml",
        "<html/>",
        HEAD,
        '<!DOCTYPE opml [<!ENTITY a "b">]><opml><body/></opml>',
        '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml>&x;</opml>',
        '<!DOCTYPE opml SYSTEM "http://127.0.0.1/x.dtd"><opml/>',
        "<opml>" + "<outline>" * 20_001 + "</outline>" * 20_001 + "</opml>",
        "\ud800",
        b'<?xml version="1.0" encoding="nonsense"?><opml/>',
        b'<?xml version="1.0" encoding="utf-7"?><opml/>',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_plain_opml_is_refused(document: str | bytes):
    with pytest.raises(UsageError, match="OPML"):
        opml.from_opml(document)


def test_nothing_in_opml_means_nothing_to_paste():
    assert toml_of("").strip() == ""


# ---------------------------------------------------------------- out

LIST = """
    [[source]]
    id = "valley"
    name = "Valley <Post> & \\"Sons\\""
    homepage = "https://valley.example/"
    country = "GE"
    ownership = "independent"
    perspective = "GE"
    languages = ["ka"]
    evidence = "https://valley.example/about"
    [[source.feed]]
    url = "https://valley.example/feed?a=1&b=2"
    [[source.feed]]
    url = "https://valley.example/asleep"
    active = false
    """


def test_every_feed_that_is_watched_goes_out_and_comes_back():
    sources = config.parse(LIST)
    document = opml.to_opml(sources)
    assert "asleep" not in document
    (back,) = config.parse(finished(opml.from_opml(document)))
    assert (back.name, back.homepage, back.languages) == (
        sources[0].name,
        sources[0].homepage,
        sources[0].languages,
    )
    assert [feed.url for feed in back.feeds] == ["https://valley.example/feed?a=1&b=2"]


def test_the_whole_shipped_list_goes_out_and_comes_back():
    sources = config.load(Path(__file__).parents[1] / "sources.toml")
    document = opml.to_opml(sources)
    assert document == opml.to_opml(tuple(reversed(sources)))
    back = config.parse(finished(opml.from_opml(document.encode())))
    assert {f.url for s in back for f in s.feeds} == {
        f.url for s in sources for f in s.feeds if f.active
    }


def test_what_kind_a_feed_is_survives_the_way_out_and_in():
    toml = toml_of('<outline text="Valley" xmlUrl="https://valley.example/news"/>')
    more = """
[[source.feed]]
url = "https://valley.example/news.xml"
kind = "news-sitemap"
[[source.feed]]
url = "https://valley.example/latest"
kind = "listing"
link_selector = "h2 > a"
"""
    (source,) = config.parse(finished(toml) + more)
    (again,) = config.parse(finished(opml.from_opml(opml.to_opml([source]))))
    feeds = [(feed.url, feed.kind, feed.link_selector) for feed in again.feeds]
    assert feeds == [(feed.url, feed.kind, feed.link_selector) for feed in source.feeds]
