import pytest

from flows.extract.language import declared, identify

TEXTS = {
    "en": "The two ministers met in the capital and agreed to reopen the road before winter.",
    "ru": "Министры встретились в столице и договорились открыть дорогу до начала зимы.",
    "uk": "Міністри зустрілися в столиці та домовилися відкрити дорогу до початку зими.",
    "az": "Nazirlər paytaxtda görüşüb və yolu qışa qədər açmaq barədə razılığa gəliblər.",
    "tr": "Bakanlar başkentte bir araya geldi ve yolu kıştan önce açma konusunda anlaştı.",
    "hy": "Նախարարները հանդիպել են մայրաքաղաքում և պայմանավորվել բացել ճանապարհը։",
    "ka": "მინისტრები დედაქალაქში შეხვდნენ და გზის გახსნაზე შეთანხმდნენ.",
    "fa": "وزیران در پایتخت دیدار کردند و توافق کردند که جاده پیش از زمستان باز شود.",
    "ar": "التقى الوزيران في العاصمة واتفقا على إعادة فتح الطريق قبل حلول الشتاء.",
    "de": "Die Minister trafen sich in der Hauptstadt und wollen die Straße vor dem Winter öffnen.",
    "fr": "Les ministres se sont réunis dans la capitale et ont décidé de rouvrir la route.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_and_its_repetition_are_told(code):
    assert identify(TEXTS[code]).code == code
    assert identify(" ".join([TEXTS[code]] * 8)).code == code


def test_script_decides_where_one_language_writes_it():
    assert identify("ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝᲡ ᲛᲗᲐᲕᲠᲝᲑᲐ ᲡᲮᲓᲝᲛᲐᲖᲔ ᲨᲔᲘᲙᲠᲘᲑᲐ").decided_by == "script"
    assert identify("Հայաստանի Հանրապետութեան վարչապետը այցելեց սահման").code == "hy"
    assert identify("Азәрбајҹан Республикасынын Президенти ҝөрүш кечирди").code == "az"
    assert identify("Қазақстан Республикасының президенті жаңа заңға қол қойды").code == "kk"


def test_azerbaijani_typed_without_its_own_letter_is_not_turkish():
    text = "Prezident iclasda qeyd edib ki, xarici qonaqlar Qarabaga sefer edecek ve orada qalacaq"
    assert identify(text).code == "az"


def test_latin_names_do_not_make_a_persian_sentence_english():
    assert identify("سخنگوی Global Crisis Group در تهران گفت").code == "fa"


def test_too_little_text_is_undetermined():
    assert identify("Bakı, bu gün").code == identify("").code == "und"
    assert identify("Salam dünya").code == "und"
    assert identify("a b c d e f").code == "und"


def test_the_sources_languages_settle_only_ties():
    assert identify(TEXTS["en"], ("az", "tr")).code == "en"


def test_the_answer_never_changes():
    mixed = TEXTS["az"].replace("ə", "e") + " " + TEXTS["tr"]
    assert len({identify(mixed) for _ in range(10)}) == 1


def test_declared_languages_are_normalised():
    assert declared((None, "az-Latn-AZ")) == "az"
    assert declared(("ru_RU",)) == "ru"
    assert declared(("", "not a code!")) is None
