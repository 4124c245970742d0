"""What may follow a stem inside one word, per language.

One closed class per language, over folded letters (see `folding`): case, number,
possession and the endings that make an adjective or an inhabitant of a name. A stem
followed by anything else is another word: `Rus` is not found in `Rustaveli`.
"""

from collections.abc import Callable

import re2

LONGEST = 18  # letters; a longer rest is no ending in any of these languages

_RU_NOUN = "а|я|о|е|у|ю|ы|и|й|ь|ой|ей|ою|ею|ом|ем|ам|ям|ами|ями|ах|ях|ов|ев|ью|ья|ье"
_RU_ADJECTIVE = "ий|ый|ие|ые|ее|ое|ая|яя|ую|юю|ого|его|ому|ему|им|ым|их|ых|ими|ыми"
_RU_PEOPLE = "ин(?:а|у|ом|е|ы)?|к(?:а|е|у|и|ой|ам|ами|ах)|ок|ц(?:ы|ев|ам|ами|ах|а|у|ем|е)|ец"

_AZ = (
    "(?:l[iuü])?(?:l[aə]r)?"
    "(?:[iuü]m(?:[iuü]z)?|[iuü]n(?:[iuü]z)?|s?[iuü])?"
    "(?:n?[iuü]n|[yn]?[aə]|[yn]?[iuü]|n?d[aə]|n?d[aə]n|y?l[aə]|c[aə]"
    "|n?d[aə]k[iı](?:l[aə]r)?(?:n?[iuü]n?|[aə])?)?(?:d[iuü]r)?"
)
_TR = (
    "(?:l[iuü])?(?:l[ae]r)?"
    "(?:[iuü]m(?:[iuü]z)?|[iuü]n(?:[iuü]z)?|s?[iuü])?"
    "(?:n?[iuü]n|[yn]?[ae]|[yn]?[iuü]|n?[dt][ae]|n?[dt][ae]n|y?l[ae]|[cç][ae]"
    "|n?[dt][ae]ki(?:l[ae]r)?(?:n?[iuü]n?|[ae])?)?(?:[dt][iuü]r)?"
)
_HY = (
    "(?:ցի|ի|ական|եան|յան)?(?:ներ|եր)?(?:յ?ի|յ|ու|ույ|ոյ)?"
    "(?:ց|ից|էն|են|ով|ում|ին|ն|ը|ս|դ|ի|ու|իս)?ն?"
)
_KA = (
    "(?:ელ|ულ|ურ|იელ)?(?:ებ)?ე?"
    "(?:ი|მა|მ|სა|ს|ისა|ის|ით|ითა|ად|ა|ამ|ო|ოს|ას|თა|თ|ნი)?"
    "(?:ში|ზე|თან|დან|გან|თვის|კენ|მდე|ებრ|ვით|ვე)?(?:ცა|ც|ვე|ა|ო)?"
)
_FA = "(?:ی|ها|های|هایی|یان|ای|ایی|یی|ش|م|یها)?"

_CLASSES = {
    "en": "(?:s|es)?",
    "ru": f"(?:{_RU_NOUN}|{_RU_ADJECTIVE}|{_RU_PEOPLE})?",
    "az": _AZ,
    "tr": _TR,
    "hy": _HY,
    "ka": _KA,
    "fa": _FA,
}

LANGUAGES = tuple(_CLASSES)


def ending_test(language: str) -> Callable[[str], bool]:
    """Give the test whether a rest of a word is an ending of a language.

    Answers are remembered: a language has few endings, and texts repeat them.
    """
    pattern = re2.compile(_CLASSES[language])
    known: dict[str, bool] = {"": True}

    def is_ending(rest: str) -> bool:
        if len(rest) > LONGEST:
            return False
        answer = known.get(rest)
        if answer is None:
            answer = pattern.fullmatch(rest) is not None
            if len(known) < 100_000:  # a hostile text must not grow it for ever
                known[rest] = answer
        return answer

    return is_ending
