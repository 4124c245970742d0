"""Feed documents: every entry found, every link right, no entry worth a crash."""

import contextlib
import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.collect import feeds

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def read(body, url="https://e.am/rss/all.xml", content_type="", languages=()):
    body = body.encode() if isinstance(body, str) else body
    return feeds.parse(body, feeds.Origin(url, NOW, content_type, languages))


def rss(*items, head="", declaration='<?xml version="1.0" encoding="utf-8"?>'):
    channel = f"<channel><title>T</title>{head}{''.join(items)}</channel>"
    return f'{declaration}<rss version="2.0">{channel}</rss>'


def item(number=1, title="Title", extra="", link=None):
    link = f"https://e.am/{number}" if link is None else link
    return f"<item><title>{title}</title><link>{link}</link>{extra}</item>"


def test_rss_atom_rdf_and_json_feed_are_read_alike():
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Title</title>'
        '<link href="/1"/></entry></feed>'
    )
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<item><title>Title</title><link>https://e.am/1</link></item></rdf:RDF>"
    )
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"url": "/1", "title": "Title"}],
    }
    for body in (rss(item()), atom, rdf, json.dumps(feed)):
        [entry] = read(body).entries
        assert (entry.url, entry.title) == ("https://e.am/1", "Title")


@pytest.mark.parametrize(
    "body",
    [
        "",
        " \n",
        "<!doctype html><html><p>rss</p></html>",
        "{}",
        "[1]",
        "/etc/passwd",
        "file:///etc/passwd",
        "https://e.am/feed",
        "{" * 100_000,
        "\x00" * 50,
    ],
)
def test_what_is_no_feed_is_refused_and_never_opened(body):
    with pytest.raises(feeds.NotAFeed):
        read(body)


@pytest.mark.parametrize(
    ("codec", "declared", "content_type"),
    [
        ("utf-8", "utf-8", ""), ("windows-1251", "windows-1251", ""), ("koi8-r", "koi8-r", ""),
        ("windows-1251", "utf-8", ""), ("utf-16", "utf-16", ""),
        ("utf-8-sig", "utf-8", "text/plain"),
        ("windows-1251", "", "text/xml; charset=windows-1251"), ("utf-8", "windows-1251", ""),
    ],
)  # fmt: skip
def test_titles_survive_right_and_wrong_declarations_of_their_encoding(
    codec, declared, content_type
):
    encoding = f' encoding="{declared}"' if declared else ""
    title = "Новости региона: открыт новый мост через Куру, сообщило министерство"
    body = rss(
        item(title=title), item(2, title=title), declaration=f'<?xml version="1.0"{encoding}?>'
    )
    assert read(body.encode(codec), content_type=content_type).entries[0].title == title


def test_one_bad_byte_spoils_one_character_only():
    body = rss(
        *(item(i, title="Հայաստանի Ազգային ժողով") for i in range(9)), item(10, title="Bad @ byte")
    )
    found = read(body.encode().replace(b"@", b"\xff"))
    assert found.entries[0].title == "Հայաստանի Ազգային ժողով"
    assert found.entries[9].title.startswith("Bad")


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("<![CDATA[<![CDATA[Twice]]]]><![CDATA[>]]>", "Twice"), ("AT&amp;amp;T", "AT&T"),
        ("&laquo;Quoted&raquo;&nbsp;text", "«Quoted» text"),
        ("a &lt;b&gt;bold&lt;/b&gt; word", "a bold word"),
        ("5 &lt; 6 and 7 &gt; 6", "5 < 6 and 7 > 6"),
        ("<![CDATA[Fish &amp; chips]]>", "Fish & chips"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Safe", "Safe"), ("line\n  break", "line break"),
        ("'; DROP TABLE articles; --", "'; DROP TABLE articles; --"), ("{{x}} ${y}", "{{x}} ${y}"),
    ],
)  # fmt: skip
def test_titles_are_plain_text(raw, title):
    assert read(rss(item(title=raw))).entries[0].title == title


def test_junk_around_and_inside_a_feed_costs_no_entry():
    body = rss(*(item(i, title=f"Title {i}\x00\x08") for i in range(5)))
    assert len(read("\n<br /><b>Warning</b>: x.php\n" + body).entries) == 5
    assert len(read("\ufeff\n" + body).entries) == 5
    assert len(read(body.replace("Title 3", "Title <b>3")).entries) == 5


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.encode("utf-16-le"), lambda body: body.encode("utf-32"),
        lambda body: body.replace("Title 3", "Title &#55357;&#56832; &#0; &#x1F; 3").encode(),
        lambda body: body.replace("<title>Title 3", "<title><![CDATA[Title 3").encode(),
        lambda body: body.replace("</link>", "</link><m:thumb url='x'/>").encode(),
        lambda body: body.replace("e.am/", "e.am/?a=1&b=").encode(),
        lambda body: body.replace("</link>", "</link><enclosure url=x length=1>").encode(),
        lambda body: body.replace("</item>", "", 1).encode(),
        lambda body: ("<pre>" + body + "</pre>").encode(),
        lambda body: body.replace("item>", "ITEM>").replace("link>", "LINK>").encode(),
    ],
)  # fmt: skip
def test_what_is_wrong_with_one_entry_costs_no_other(spoil):
    body = rss(*(item(i, title=f"Title {i}") for i in range(5)))
    found = read(spoil(body)).entries
    assert [entry.title[0:5] for entry in found] == ["Title"] * 5
    assert [entry.title[-1] for entry in found] == list("01234")


def test_two_encodings_in_one_feed_are_read_piece_by_piece():
    words = "Заседание правительства состоится во вторник"
    pieces = rss(*(item(i, title=words) for i in range(5))).split("<item>")
    body = b"<item>".join(
        piece.encode("cp1251" if number == 4 else "utf-8") for number, piece in enumerate(pieces)
    )
    assert [entry.title for entry in read(body).entries] == [words] * 5


def test_a_cut_feed_gives_its_whole_entries_and_is_not_kept_as_whole():
    body = rss(*(item(i) for i in range(5)))
    found = read(body[:-60])
    assert len(found.entries) >= 4
    assert found.malformed
    assert not found.whole
    assert read(body).whole


def test_identity_is_the_link_never_the_guid():
    guid = "<guid isPermaLink='false'>same</guid>"
    assert len(read(rss(*(item(i, extra=guid) for i in range(4)))).entries) == 4
    tracked = [
        item(link=f"https://e.am/1{tail}") for tail in ("", "?utm_source=x", "?fbclid=2", "#c")
    ]
    assert [entry.url for entry in read(rss(*tracked)).entries] == ["https://e.am/1"]


def test_of_two_versions_of_an_entry_the_newer_is_kept():
    old = item(title="Old", extra="<pubDate>Mon, 05 Oct 2026 10:00:00 GMT</pubDate>")
    new = item(title="New", extra="<pubDate>Mon, 05 Oct 2026 11:00:00 GMT</pubDate>")
    for pair in ((old, new), (new, old)):
        assert [entry.title for entry in read(rss(*pair)).entries] == ["New"]


def test_anchors_on_one_page_are_entries_of_their_own():
    body = rss(*(item(title=f"Item {i}", link=f"https://e.am/news#item-{i}") for i in range(3)))
    assert [entry.url for entry in read(body).entries] == [
        f"https://e.am/news#item-{i}" for i in range(3)
    ]


def test_an_entry_without_a_link_is_kept_and_one_with_a_bad_link_is_counted():
    found = read(
        rss("<item><title>No link</title></item>", item(link="javascript:alert(1)"), item(3))
    )
    assert [feeds.has_link(entry) for entry in found.entries] == [False, True]
    assert found.dropped == 1
    again = read(rss("<item><title>No link</title></item>"))
    assert again.entries[0].url == found.entries[0].url


def test_relative_links_follow_xml_base_and_the_address_of_the_feed():
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://f.am/x/"><entry><title>T</title>'
        '<link href="y/1"/></entry></feed>'
    )
    assert read(atom).entries[0].url == "https://f.am/x/y/1"
    links = ["/a/1", "a/2", "//e.am/a/3", "?id=4"]
    found = read(rss(*(item(link=link) for link in links))).entries
    assert [entry.url for entry in found] == [
        "https://e.am/a/1", "https://e.am/rss/a/2", "https://e.am/a/3", "https://e.am/rss/all.xml?id=4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "languages", "hour"),
    [("https://e.am/f", (), 6), ("https://e.com/f", ("az",), 6), ("https://e.ru/f", (), 7),
     ("https://e.com/f", ("tr",), 7), ("https://e.com/f", ("en",), 10)],
)  # fmt: skip
def test_a_date_without_zone_is_read_where_its_outlet_is(url, languages, hour):
    body = rss(item(extra="<pubDate>2026-10-05 10:00:00</pubDate>"))
    assert read(body, url, languages=languages).entries[0].published_at.hour == hour


def test_an_implausible_date_is_none_and_the_entry_stays():
    body = rss(item(extra="<pubDate>Tue, 01 Jan 2999 00:00:00 GMT</pubDate>"))
    assert read(body).entries[0].published_at is None


def test_publishers_wishes_are_read():
    head = (
        "<ttl>90</ttl><skipHours><hour>1</hour><hour>24</hour></skipHours>"
        "<skipDays><day>Sunday</day></skipDays>"
    )
    found = read(rss(item(), head=head))
    assert (found.wait, found.skip_hours, found.skip_days) == (5400, {0, 1}, {6})
    period = "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
    body = rss(item(), head=period).replace(
        "<rss ", '<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    )
    assert read(body).wait == 1800


def test_full_text_and_authors_come_along():
    extra = (
        "<content:encoded><![CDATA[<p>Whole &amp; text</p>]]></content:encoded>"
        "<dc:creator>A B</dc:creator>"
    )
    body = rss(item(extra=extra)).replace(
        "<rss ",
        '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" ',
    )
    [entry] = read(body).entries
    assert entry.content_html == "<p>Whole &amp; text</p>"
    assert entry.authors == ("A B",)


def test_entities_are_neither_expanded_nor_fetched():
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = rss(item(title="A &l9; &f; B"), declaration=f'<?xml version="1.0"?>{bomb}')
    title = read(body).entries[0].title
    assert "lollol" not in title
    assert "root:" not in title


@pytest.mark.parametrize(
    "inside",
    ["&lt;" * 300_000, "&amp;" * 300_000, "&lt;div&gt;" * 50_000,
     "<p " + " ".join(f'a{i}="1"' for i in range(20_000)) + ">x</p>"],
    ids=["less-than", "ampersands", "divs", "attributes"],
)  # fmt: skip
def test_what_makes_parsers_quadratic_takes_little_time(inside):
    started = time.process_time()
    assert len(read(rss(item(extra=f"<description>{inside}</description>"))).entries) == 1
    assert time.process_time() - started < 5


def test_a_feed_of_too_many_entries_is_cut_at_the_cap():
    found = read(rss(*(item(i) for i in range(3000))))
    assert len(found.entries) == feeds.MAX_ENTRIES
    assert not found.malformed


def test_huge_fields_are_capped_and_links_over_2048_characters_dropped():
    found = read(rss(item(title="T" * 500_000), item(link="https://e.am/?" + "q" * 5000)))
    assert len(found.entries[0].title) == 2000
    assert found.dropped == 1


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_a_document_or_no_feed(body):
    for whole in (body, b"<rss version='2.0'><channel><item><title>" + body):
        with contextlib.suppress(feeds.NotAFeed):
            read(whole)


def test_a_feed_whose_elements_nest_without_end_is_refused_at_once():
    deep = "<a>" * 100_000 + "x" + "</a>" * 100_000
    body = f"<rss><channel><item><title>{deep}</title></item></channel></rss>".encode()
    started = time.process_time()
    with pytest.raises(feeds.NotAFeed, match="nested deeper"):
        feeds.parse(body, feeds.Origin("https://e.am/rss", datetime(2026, 10, 5, tzinfo=UTC)))
    assert time.process_time() - started < 5


def test_unclosed_markup_in_descriptions_does_not_cost_a_feed_its_entries():
    items = "".join(
        f"<item><title>T{n}</title><link>https://e.am/{n}</link><description><p>a<br>b"
        "</description></item>"
        for n in range(50)
    )
    body = f"<rss><channel>{items}</channel></rss>".encode()
    origin = feeds.Origin("https://e.am/rss", datetime(2026, 10, 5, tzinfo=UTC))
    assert len(feeds.parse(body, origin).entries) == 50
