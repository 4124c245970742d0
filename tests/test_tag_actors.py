import pytest
from tag_cases import DAY, actors, rules, tag, tagger


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("ru", "В Армении и Азербайджане ждут Путина.", {"arm", "aze", "putin"}),
        ("az", "Ermənistanla Azərbaycanın xarici siyasəti.", {"arm", "aze"}),
        ("tr", "Türkiye'nin Ermenistan'la sınırı kapalı.", {"tur", "arm"}),
        ("hy", "Հայաստանից Ադրբեջանին և Ռուսաստանին։", {"arm", "aze", "rus"}),
        ("hy", "Երեւանում հիւրընկալուեցաւ Թուրքիոյ պատուիրակութիւնը։", {"arm", "tur"}),
        ("ka", "სომხეთსა და აზერბაიჯანს შორის, რუსეთთან.", {"arm", "aze", "rus"}),
        ("fa", "ارمنستان و جمهوری آذربایجان با ایران", {"arm", "aze", "irn"}),
        ("en", "Armenians, Azerbaijanis and Georgia's allies", {"arm", "aze", "geo"}),
    ],
)
def test_names_are_found_with_the_endings_of_their_language(language, text, wanted):
    assert actors(text, language) == wanted


@pytest.mark.parametrize(
    ("language", "text", "unwanted"),
    [
        ("ka", "რუსთაველის გამზირზე ხალხი შეიკრიბა.", "rus"),
        ("tr", "Ruslan dün Kars'a gitti.", "rus"),
        ("ru", "Кита Харингтона узнали все.", "chn"),
        ("en", "Tell us more about it, or polish the turkey.", "usa"),
        ("en", "Tell us more about it, or polish the turkey.", "tur"),
        ("fa", "وزیران ناتوان ماندند.", "nato"),
    ],
)
def test_a_stem_inside_another_word_is_not_the_name(language, text, unwanted):
    assert unwanted not in actors(text, language)


def test_latin_names_are_found_inside_texts_of_another_script():
    assert "eu" in actors("ბრძანებას European Union იხილავს", "ka")
    assert "osce" in actors("Представитель OSCE уехал.", "ru")


def test_the_longest_reading_wins():
    said = tag("The Organization of Turkic States met; Georgian Dream did not.")
    assert {(m.actor_id, m.surface) for m in said.mentions} == {
        ("ots", "Organization of Turkic States"),
        ("geo_gd", "Georgian Dream"),
    }


def test_a_body_is_the_one_of_the_state_beside_it():
    assert ("arm_mfa", "body:beside") in rules("Armenia's foreign ministry protested.")
    assert ("rus_mfa", "body:beside") in rules("МИД России вызвал посла.", "ru")
    assert ("aze_mod", "body:beside") in rules("Azərbaycan Müdafiə Nazirliyi bildirib.", "az")
    assert "aze_mod" not in actors("Ermənistan Müdafiə Nazirliyi bildirib.", "az")
    assert "arm_mod" in actors("Ermənistan Müdafiə Nazirliyi bildirib.", "az")


def test_the_head_of_a_body_is_a_role_and_names_its_state_only():
    assert actors("Глава российского МИДа прибыл в Ереван.", "ru") == {"rus", "arm"}
    assert actors("Глава МИД Армении выступил.", "ru") == {"arm"}
    assert "rus_mfa" in actors("МИД России выступил с заявлением.", "ru")


def test_a_body_without_a_state_is_the_one_at_home():
    text = "Azərbaycan ordusu hazırdır. Müdafiə Nazirliyi bunu təsdiqləyib."
    assert ("aze_mod", "body:at home in aze") in rules(text, "az")


def test_a_body_implies_the_state_it_serves_once():
    said = tag("ANAMA cleared the field.")
    assert [(m.actor_id, m.rule) for m in said.mentions] == [
        ("anama", "name"),
        ("aze", "implied:anama"),
    ]


def test_the_three_aliyevs_are_told_apart():
    assert actors("Heydar Aliyev died in 2003.") == {"h_aliyev"}
    assert "m_aliyeva" in actors("Mehriban Aliyeva opened a school in Azerbaijan.")
    assert actors("President Aliyev spoke.") == {"i_aliyev"}
    assert "i_aliyev" not in actors("Kamal Makili-Aliyev teaches law in Sweden.")
    assert "i_aliyev" not in actors("Farid Aliyev won the bout in Azerbaijan.")


def test_two_surnames_joined_by_a_hyphen_are_both_read():
    assert {"pashinyan", "putin"} <= actors("Встреча Путин-Пашинян отложена.", "ru")


def test_a_shared_surname_alone_needs_a_reason():
    assert "bayramov" not in actors("Bayramov scored twice.")
    assert ("bayramov", "surname:full-name") in rules("Jeyhun Bayramov came. Bayramov left.")
    assert ("bayramov", "surname:office") in rules("Foreign Minister Bayramov left.")


def test_a_capital_that_bears_a_given_name_is_a_surname():
    text = "Тренер Игорь Баку доволен. «Мы победим», — сказал Баку."
    assert "aze" not in actors(text, "ru")


def test_georgia_is_the_us_state_where_more_speaks_for_it():
    state = "Georgia voters in Fulton County, outside Atlanta, asked Governor Kemp for a recount."
    country = "Georgia's parliament in Tbilisi adopted the law; Georgian Dream has the votes."
    assert "geo" not in actors(state)
    assert "geo" in actors(country)


def test_a_state_that_is_a_given_name_is_left_alone():
    assert "jor" not in actors("Michael Jordan scored. Jordan smiled.")
    assert "jor" in actors("The king of Jordan flew to Cairo for talks.")


@pytest.mark.parametrize(
    ("language", "text", "unwanted"),
    [
        ("en", "Agence France-Presse reported it.", "fra"),
        ("en", "The Shusha Declaration was quoted.", "karabakh"),
        ("az", "Şuşa Bəyannaməsi xatırlanıb.", "karabakh"),
        ("fa", "برف در آذربایجان شرقی بارید.", "aze"),
        ("en", "Roast Turkey with chestnuts.", "tur"),
        ("en", "The Trump Route was discussed.", "trump"),
    ],
)
def test_what_only_looks_like_an_actor_is_masked(language, text, unwanted):
    assert unwanted not in actors(text, language)


def test_states_in_a_match_report_are_teams():
    text = (
        "Armenia's national team lost the qualifier to Georgia. The coach praised the goalkeeper; "
        "the midfielder missed a penalty kick in the stadium."
    )
    assert actors(text) == set()


def test_a_capital_where_something_is_said_is_its_government():
    assert "rus" in actors("В Москве заявили, что готовы принять встречу.", "ru")
    assert "rus" not in actors("Встреча прошла в Москве без прессы.", "ru")


def test_a_capital_that_only_lends_its_name_to_a_meeting_is_no_actor():
    assert "cze" not in actors("The mission was agreed in Prague by Armenia and the EU.")


def test_the_actor_of_title_and_lead_is_the_principal():
    said = tag(
        "Nikol Pashinyan told parliament that Armenia would sign. He spoke for an hour. "
        "Observers in Germany took note.",
        title="Pashinyan: Armenia is ready to sign",
    )
    principals = {one.actor_id for one in said.actors if one.principal}
    assert {"pashinyan", "arm"} <= principals
    assert "deu" not in principals
    assert said.actors[0].salience == max(one.salience for one in said.actors) <= 1


def test_what_was_not_taken_says_what_it_lacked():
    text = "Pashinyan and Aliyev met in Abu Dhabi."
    lost = {(one.surface, one.actor_id) for one in tagger().lost("", text, "en", DAY)}
    assert lost == {("Aliyev", "i_aliyev"), ("Abu Dhabi", "are")}
    assert tagger().lost("", "President Ilham Aliyev met Nikol Pashinyan.", "en", DAY) == ()
