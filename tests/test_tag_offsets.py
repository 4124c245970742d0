from hypothesis import given, settings
from hypothesis import strategies as st
from tag_cases import DAY, tagger

NAMES = [
    "Armenia", "Baku", "Ilham Aliyev", "U.S.", "Türkiye", "Арме\u0301нии", "Азербайджан",
    "Հայաստա՞ն", "Երեւան", "საქართველო", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ", "علی\u200cاف", "ایران",
    "İlham Əliyev", "i\u0307lham",
    "Nagorno-Karabakh", "Artsakh", "Ka\u00adra\u00adbakh", "\u2067ایران\u2069", "NATO",
]  # fmt: skip
NOISE = [
    " ", "\n", "😀", "👨‍👩‍👧", "🇦🇲", "e\u0301", "\u200f", "\u202e", "“", "”",
    "«", "»", '"', "'", "’", "-",
    ".", ",", "\u00a0", "слово", "a", "\U0001f3f4\U000e0067", "ﷺ", "\u0660",
    "x\u0336\u0336", "\ud800",
]  # fmt: skip

texts = st.lists(st.sampled_from(NAMES + NOISE) | st.text(max_size=6), max_size=30).map("".join)
languages = st.sampled_from(["en", "ru", "az", "tr", "hy", "ka", "fa", "und", "kk"])


@given(title=texts, text=texts, language=languages)
@settings(max_examples=300, deadline=None)
def test_every_surface_is_the_stored_text_at_its_offsets(title, text, language):
    fields = {"title": title, "text": text}
    for mention in tagger().tag(title, text, language, DAY).mentions:
        stored = fields[mention.field]
        assert mention.surface == stored[mention.start_char : mention.end_char] != ""


def test_offsets_stay_true_after_emoji_marks_and_joiners():
    text = "😀 e\u0301 Арме\u0301нии \u2067x\u2069 Азер\u00adбайджан"
    said = tagger().tag("", text, "ru", DAY)
    assert [(m.actor_id, m.surface) for m in said.mentions] == [
        ("arm", "Арме\u0301нии"),
        ("aze", "Азер\u00adбайджан"),
    ]


def test_armenian_tone_marks_inside_a_word_do_not_hide_it():
    assert [m.surface for m in tagger().tag("", "Հայաստա՞նն է", "hy", DAY).mentions] == [
        "Հայաստա՞նն"
    ]
