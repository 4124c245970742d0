from flows.extract.authors import normalise


def test_a_byline_is_split_into_persons():
    assert normalise(["By Nino Example and Levan Sample"], []) == ("Nino Example", "Levan Sample")
    assert normalise(["Автор: Иван Примеров, Анна Образцова"], []) == (
        "Иван Примеров",
        "Анна Образцова",
    )


def test_what_is_no_person_is_dropped():
    junk = ["admin", "Редакция", "Redaksiya", "webmaster", "https://a.example", "user42", "Wire"]
    assert normalise(junk, ["wire"]) == ()


def test_a_name_counts_once():
    assert normalise(["Ani Example", "Ani Example"], []) == ("Ani Example",)
