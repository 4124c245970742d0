"""Lines that stand among an article's paragraphs and are none: labels, links to others, notices."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from flows.extract.headline import fold
from flows.extract.outline import Line, Outline

_NOTICE_WORDS = 30
_TITLE_WORDS = 18
_TITLES_AFTER = 6
_SENTENCE_END = re.compile(r"[.!?\u2026\u0589\u3002\u061f\"\u201d\u00bb)]\s*$")

# A label alone on its line, and what begins a line that sends the reader elsewhere.
_ELSEWHERE = re.compile(
    r"(?:read (?:more|also|next)|also read|see also|more on this|related (?:articles|stories|news)|"
    r"recommended(?: videos)?|lesen sie auch|auch interessant|mehr zum thema|zum artikel|"
    r"lire aussi|à lire aussi|lea también|leggi anche|les også|läs också|lees ook|"
    r"czytaj (?:więcej|też)|"
    r"читайте (?:также|ещё|еще|по теме)|читать (?:также|далее|ещё)|смотрите также|по теме|"
    r"читайте також|həmçinin oxuyun|oxuyun|daha çox oxuyun|ayrıca okuyun|ilgili haber(?:ler)?|"
    r"կարդացեք նաև|կարդալ նաև|տես նաև|ასევე წაიკითხეთ|წაიკითხეთ ასევე|ასევე იხილეთ|"
    r"بیشتر بخوانید|همچنین بخوانید|مطالب مرتبط|اقرأ أيضا)",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"(?:©|\(c\)|copyright\b|all rights reserved|alle rechte|все права защищены|"
    r"bütün hüquqlar|tüm hakları|բոլոր իրավունքները|ყველა უფლება|"
    r"(?:photos?|fotos?|фото|foto[ğg]raf|ֆոտո|լուսանկարը?|ფოტო|عکس|quelle|photo credit) ?[:©]|"
    r"article content$|advertisement$|anzeige$|реклама$|reklam[ae]?$|"
    r"(?:tags|etiketler|теги|метки|açar sözlər|պիտակներ|თეგები|برچسب\u200cها) ?:|"
    r"(?:sign up for|follow us on|join our) |"
    r"подписывайтесь на |следите за (?:нами|нашими)|bizi .{0,30} izləyin|bizi .{0,30} takip edin|"
    r"հետևեք մեզ|გამოგვყევით)",
    re.IGNORECASE,
)
_CREDIT_END = re.compile(
    r"(?:via |/ ?)?(?:Getty Images|AFP|Reuters|Shutterstock|EPA|picture alliance)$"
)
_LEAD_WORDS = 8
_LEAD_TAGS = ("p", "div", "h2", "h3", "span", "strong")


def tidy(text: str) -> str:
    """Give the text without labels, notices and links to other articles between its lines."""
    return "\n".join(_kept(text.split("\n"))) or text


def _kept(lines: list[str]) -> Iterator[str]:
    titles = 0
    for raw in lines:
        line = raw.strip(" \t-•*|>»")
        words = len(line.split())
        elsewhere = _ELSEWHERE.match(line)
        if elsewhere and words <= _NOTICE_WORDS and not _SENTENCE_END.search(line):
            # a label alone announces the titles under it
            titles = _TITLES_AFTER if words <= 6 and len(line) - elsewhere.end() < 3 else 0
        elif titles and words <= _TITLE_WORDS and line and not _SENTENCE_END.search(line):
            titles -= 1
        elif not _is_notice(line, words):
            titles = 0
            yield raw


def _is_notice(line: str, words: int) -> bool:
    if words > _NOTICE_WORDS:
        return False
    return bool(_NOTICE.match(line)) or (words <= 8 and bool(_CREDIT_END.search(line)))


def with_lead(text: str, tree: HtmlElement, description: str) -> str:
    """Give the text with its standfirst, where the page shows one that the text has not.

    Args:
        text: the article as found.
        tree: the page, which must show the standfirst outside of what was found.
        description: what the page gives as its summary.
    """
    outline = Outline.of(description)
    words = [word for line in outline.lines for word in line.words]
    if len(words) < _LEAD_WORDS or Outline.of(text).has(Line(description, tuple(words))):
        return text
    wanted = fold(description)
    for element in tree.iter(*_LEAD_TAGS):
        own = (element.text or "").strip()
        if (
            own[:1]
            and fold(own[:20])[:12] == wanted[:12]
            and fold(element.text_content()) == wanted
        ):
            return f"{' '.join(element.text_content().split())}\n{text}"
    return text
