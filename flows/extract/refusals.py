"""Pages that answer 200 and are no article: walls, challenges, "not found"; and how good one is."""

import re
from dataclasses import dataclass, replace

from flows.extract.text import count_words

_SHORT = 25  # words of a flash
_WALL_WORDS = 150  # a wall or an error page is short; longer texts only speak of such
_REPEATED_WORDS = 1000
_TEASER_WORDS = 120
_DOUBTFUL = 0.4

_CHALLENGE_MARKUP = re.compile(
    r"cf-browser-verification|cf_chl_opt|challenge-platform/h/|_Incapsula_Resource|ddos-guard/js|"
    r"geo\.captcha-delivery\.com|px-captcha|aws-waf-token|__ddg\d|sgcaptcha",
)
_CHALLENGE_WORDS = re.compile(
    r"just a moment|attention required|checking your browser|verify(?:ing)? (?:that )?you are "
    r"(?:a )?human|are you a robot|access denied|enable javascript and cookies|ddos[- ]protection|"
    r"security check|проверка (?:вашего )?браузера|докажите, что вы не робот|доступ ограничен|"
    r"robot olmadığınızı",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"\b404\b|page (?:can(?:no|')t be |could ?n[o']t be |was |is )?not (?:be )?(?:found|available)|"
    r"page (?:you .{0,40})?(?:doesn.t exist|does not exist|no longer exists|has been removed)|"
    r"nothing (?:was )?found|страница (?:\w+ )?не (?:найдена|существует)|ничего не найдено|"
    r"сторінк[уа] не (?:знайдено|існує)|səhifə (?:\w+ )?(?:tapılmadı|mövcud deyil)|"
    r"sayfa (?:\w+ )?(?:bulunamadı|mevcut değil)|"
    r"էջը? (?:\w+ )?(?:չի գտնվել|գտնված չէ|գոյություն չունի)|"
    r"გვერდი (?:\w+ )?(?:ვერ მოიძებნა|არ არსებობს|არ მოიძებნა)|"
    r"صفحه .{0,30}(?:یافت نشد|پیدا نشد|وجود ندارد)|الصفحة .{0,20}غير موجودة|"
    r"seite (?:wurde )?nicht gefunden|page (?:est )?introuvable|página no encontrada",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"cookies?\b|your privacy|consent|gdpr|personal data|куки|файл\w* cookie|"
    r"персональн\w+ данн|çerez|kuki|քուքի|ქუქი|کوکی|datenschutz|einwillig",
    re.IGNORECASE,
)
_SUBSCRIBE = re.compile(
    r"subscri(?:be|ption|ber)|sign in to (?:read|continue)|log ?in to (?:read|continue)|"
    r"already a (?:member|subscriber)|to (?:continue|keep) reading|remaining free articles|"
    r"register to read|members only|premium content|оформите подписку|по подписке|"
    r"доступ\w* (?:только )?(?:для )?подписчик|передплат|abunə ol|abone ol|üye ol|"
    r"բաժանորդագր|გამოიწერე|مشترک شوید|اشتراک|abonnieren|abonnent|abonnez-vous|réservé aux abonnés",
    re.IGNORECASE,
)
_STOPS = r"\n.!?։。؟"
_SENTENCE = re.compile(rf"[^{_STOPS}]+[{_STOPS}]*")
_PIECES = re.compile(rf"[{_STOPS}]+")


@dataclass(frozen=True, slots=True)
class Found:
    """What was read from a page, as far as judging it needs."""

    title: str
    text: str
    words: int
    agreement: float
    paid: bool
    from_feed: bool = False
    forwards: bool = False


def refuse(found: Found, markup: str) -> str | None:
    """Give the name of what the page is instead of an article, or nothing if it is one."""
    if found.from_feed or found.words > _REPEATED_WORDS:
        return None
    pieces = _pieces(found.text)
    if sum(pieces.values()) > _WALL_WORDS:
        return None
    challenged = found.words < _SHORT and _CHALLENGE_MARKUP.search(markup)
    if challenged or _CHALLENGE_WORDS.search(f"{found.title}\n{found.text}"):
        return "bot challenge"
    if found.forwards and found.words < _SHORT:
        return "forwards to another page"
    shares = (
        ("not found page", 1.0 if _MISSING.search(found.title) else _share(_MISSING, pieces), 0.2),
        ("cookie wall", _share(_CONSENT, pieces), 0.5),
        ("paywall", _share(_SUBSCRIBE, pieces), 0.5),
    )
    return next((name for name, share, enough in shares if share > enough), None)


def without_wall(found: Found) -> Found:
    """Give a teaser without the sentences at its end that ask to subscribe."""
    if found.from_feed or found.words >= _TEASER_WORDS:
        return found
    end = len(found.text)
    for sentence in reversed(list(_SENTENCE.finditer(found.text))):
        if not _SUBSCRIBE.search(sentence[0]):
            break
        end = sentence.start()
    text = found.text[:end].strip()
    if not text or end == len(found.text):
        return found
    return replace(found, text=text, words=count_words(text), paid=True)


def grade(found: Found) -> str:
    """Give the quality flag: `ok`, `paywall` (a teaser), `short`, or `doubtful`."""
    if found.from_feed:
        return "short" if found.words < _SHORT else "ok"
    if found.words < _TEASER_WORDS and (found.paid or _SUBSCRIBE.search(found.text)):
        return "paywall"
    if found.words < _SHORT:
        return "short"
    return "doubtful" if found.agreement < _DOUBTFUL else "ok"


def _pieces(text: str) -> dict[str, int]:
    # each sentence once: a wall repeats itself
    return {piece: count_words(piece) for piece in _PIECES.split(text) if piece.strip()}


def _share(pattern: re.Pattern[str], pieces: dict[str, int]) -> float:
    matched = sum(words for piece, words in pieces.items() if pattern.search(piece))
    return matched / (sum(pieces.values()) or 1)
