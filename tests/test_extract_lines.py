from flows.extract import markup
from flows.extract.lines import tidy, with_lead

PARAGRAPH = "The ministers met in the border town and signed a protocol on the road."
LEAD = "Two neighbours agreed on Monday to reopen a road that was closed for thirty years."


def test_a_label_goes_with_the_titles_under_it_and_the_article_goes_on():
    text = f"{PARAGRAPH}\nRead also\nAnother story about a match\nOne more of them\n{PARAGRAPH}"
    assert tidy(text) == f"{PARAGRAPH}\n{PARAGRAPH}"


def test_notices_go_in_the_languages_of_the_region():
    for notice in (
        "© Example Wire, 2026",
        "Все права защищены",
        "Читайте также: ещё одна новость о дороге",
        "Həmçinin oxuyun: yol haqqında daha bir xəbər",
        "Լուսանկարը: Example Wire",
        "Foto: Example/AFP",
    ):
        assert tidy(f"{PARAGRAPH}\n{notice}") == PARAGRAPH


def test_a_sentence_that_begins_like_a_notice_stays():
    for sentence in (
        "Read more than one report, the minister told the parliament on Monday.",
        "Photographs of the tunnel were published by the ministry.",
    ):
        assert tidy(sentence) == sentence


def test_a_standfirst_outside_of_the_article_is_put_first():
    tree = markup.parse(
        f"<html><body><header><p>{LEAD}</p></header><p>{PARAGRAPH}</p></body></html>"
    )
    assert with_lead(PARAGRAPH, tree, LEAD) == f"{LEAD}\n{PARAGRAPH}"


def test_a_summary_that_the_page_does_not_show_is_not_added():
    tree = markup.parse(f"<html><body><p>{PARAGRAPH}</p></body></html>")
    assert with_lead(PARAGRAPH, tree, LEAD) == PARAGRAPH
    assert with_lead(PARAGRAPH, tree, PARAGRAPH) == PARAGRAPH
