from flows.extract import body, markup
from flows.extract.outline import Outline

LEAD = "The ministers of both countries met in the border town and signed a protocol on the road."
PARAGRAPHS = [
    f"Paragraph number {number} tells of the commission, the tunnel and the traders at length, "
    f"and adds the figure {number * 17} to what was said before."
    for number in range(12)
]


def reading(inner):
    page = f"<html><head><title>T</title></head><body>{inner}</body></html>"
    tree = markup.parse(page)
    assert tree is not None
    return body.read(tree, page)


def test_where_both_readings_agree_the_first_is_taken_as_it_is():
    article = "".join(f"<p>{text}</p>" for text in [LEAD, *PARAGRAPHS])
    found = reading(f"<article><h1>Road</h1>{article}</article>")
    assert found.made_by == "trafilatura"
    assert found.agreement > 0.97
    assert all(text in found.text for text in PARAGRAPHS)


def test_a_body_in_json_ld_wins_only_where_the_page_has_far_less():
    page = f"<html><body><p>{LEAD}</p></body></html>"
    tree = markup.parse(page)
    whole = " ".join(PARAGRAPHS)
    assert body.read(tree, page, whole).made_by == "json-ld"
    assert LEAD in body.read(tree, page, LEAD[:40]).text


def test_a_line_is_found_wherever_the_other_text_breaks_its_lines():
    other = Outline.of("one two three\nfour five six seven")
    assert other.has(Outline.of("two three four five").lines[0])
    assert not other.has(Outline.of("nine ten eleven twelve").lines[0])
    assert other.shared(Outline.of("one two three four")) == 3
