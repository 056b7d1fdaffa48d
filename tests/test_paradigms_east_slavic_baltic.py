"""Russian, Belarusian, Bulgarian, Lithuanian, Latvian: paradigms worked out from the grammars."""

from __future__ import annotations

import tomllib

import pytest
from reliability import find

from corpus_assay.lexicons import gender
from corpus_assay.lexicons.paradigms import Value, Word, paradigm

PARADIGMS = [
    # Russian: I with a fleeting vowel, II with one, III with a longer stem, other plural stems.
    ("rus", "девушка", "singular", "девушка девушки девушке девушку девушкой девушкою"),
    ("rus", "девушка", "plural", "девушки девушек девушкам девушками девушках"),
    ("rus", "юноша", "singular", "юноша юноши юноше юношу юношей юношею"),
    ("rus", "отец", "singular", "отец отца отцу отцом отце"),
    ("rus", "отец", "plural", "отцы отцов отцам отцами отцах"),
    ("rus", "мать", "singular", "мать матери матерью"),
    ("rus", "мать", "plural", "матери матерей матерям матерями матерях"),
    ("rus", "брат", "plural", "братья братьев братьям братьями братьях"),
    ("rus", "человек", "plural", "люди людей человек людям людьми людях"),
    ("rus", "ребёнок", "singular", "ребёнок ребёнка ребёнку ребёнком ребёнке "
     "ребенок ребенка ребенку ребенком ребенке"),
    ("rus", "ребёнок", "plural", "дети детей детям детьми детях"),
    ("rus", "сын", "plural", "сыновья сыновей сыновьям сыновьями сыновьях "
     "сыны сынов сынам сынами сынах"),
    ("rus", "король", "singular", "король короля королю королём королем короле"),
    ("rus", "двоюродный брат", "singular", "двоюродный брат/двоюродного брата/"
     "двоюродному брату/двоюродным братом/двоюродном брате"),
    # Belarusian: softened datives, men in -а, stressed endings, сёстры, ў after a vowel.
    ("bel", "жонка", "singular", "жонка жонкі жонцы жонку жонкай жонкаю"),
    ("bel", "дачка", "singular", "дачка дачкі дачцэ дачку дачкой дачкою"),
    ("bel", "дачка", "plural", "дочкі дачок дочкам дочкамі дочках"),
    ("bel", "сястра", "plural", "сёстры сясцёр сёстраў сёстрам сёстрамі сёстрах"),
    ("bel", "бацька", "singular", "бацька бацькі бацьку бацькам"),
    ("bel", "дзед", "singular", "дзед дзеда дзеду дзедам дзедзе"),
    ("bel", "дзед", "plural", "дзяды дзядоў дзядам дзядамі дзядах"),
    ("bel", "хлопец", "singular", "хлопец хлопца хлопцу хлопцам"),
    ("bel", "юнак", "plural", "юнакі юнакоў юнакам юнакамі юнаках"),
    ("bel", "дзеці", "plural", "дзеці дзяцей дзецям дзецьмі дзецях"),
    ("bel", "матка", "singular", "матка маткі матцы матку маткай маткаю"),
    ("bel", "матка", "plural", "маткі матак маткам маткамі матках"),
    ("bel", "каралева", "plural", "каралевы каралеў каралевам каралевамі каралевах"),
    ("bel", "унучка", "plural", "унучкі унучак унучкам унучкамі унучках "
     "ўнучкі ўнучак ўнучкам ўнучкамі ўнучках"),
    # Bulgarian: the articles after each ending.
    ("bul", "жена", "singular", "жена жената жено"),
    ("bul", "мъж", "singular", "мъж мъжът мъжа мъжо"),
    ("bul", "мъж", "plural", "мъже мъжете"),
    ("bul", "съпруг", "singular", "съпруг съпругът съпруга съпруже"),
    ("bul", "братче", "plural", "братчета братчетата"),
    ("bul", "хлапак", "plural", "хлапаци хлапаците"),
    ("bul", "родител", "singular", "родител родителят родителя"),
    ("bul", "дядо", "singular", "дядо дядото"),
    ("bul", "дете", "plural", "деца децата"),
    ("bul", "момък", "plural", "момци момците"),
    ("bul", "човек", "singular", "човек човекът човека човече"),
    ("bul", "човек", "plural", "хора хората човеци човеците"),
    # Lithuanian: -as, -is, -ė with palatalisation, consonant stems, žmogus.
    ("lit", "vyras", "singular", "vyras vyro vyrui vyrą vyru vyre"),
    ("lit", "vyras", "plural", "vyrai vyrų vyrams vyrus vyrais vyruose"),
    ("lit", "tėtis", "singular", "tėtis tėčio tėčiui tėtį tėčiu tėtyje tėti"),
    ("lit", "mergaitė", "plural", "mergaitės mergaičių mergaitėms mergaites "
     "mergaitėmis mergaitėse"),
    ("lit", "sesuo", "singular", "sesuo sesers seseriai seserį seserimi seseria seseryje seserie"),
    ("lit", "duktė", "plural", "dukterys dukterų dukterims dukteris dukterimis dukteryse"),
    ("lit", "sūnus", "singular", "sūnus sūnaus sūnui sūnų sūnumi sūnuje sūnau"),
    ("lit", "žmogus", "plural", "žmonės žmonių žmonėms žmones žmonėmis žmonėse"),
    ("lit", "berniukas", "singular", "berniukas berniuko berniukui berniuką berniuku berniuke "
     "berniuk"),
    ("lit", "marti", "singular", "marti marčios marčiai marčią marčia marčioje"),
    ("lit", "tėtė", "singular", "tėtė tėtės tėtei tėtę tėte tėtėje"),
    ("lit", "vaikelis", "plural", "vaikeliai vaikelių vaikeliams vaikelius vaikeliais vaikeliuose"),
    ("lit", "žmogelis", "singular", "žmogelis žmogelio žmogeliui žmogelį žmogeliu žmogelyje "
     "žmogeli"),
    # Latvian: palatalisation in the second and fifth declension, and where there is none.
    ("lvs", "brālis", "singular", "brālis brāļa brālim brāli brālī brāl"),
    ("lvs", "brālis", "plural", "brāļi brāļu brāļiem brāļus brāļos"),
    ("lvs", "vīrietis", "singular", "vīrietis vīrieša vīrietim vīrieti vīrietī"),
    ("lvs", "sieviete", "plural", "sievietes sieviešu sievietēm sievietēs"),
    ("lvs", "tētis", "plural", "tēti tētu tētiem tētus tētos"),
    ("lvs", "puika", "singular", "puika puikas puikam puiku puikā"),
    ("lvs", "opis", "plural", "opji opju opjiem opjus opjos"),
    ("lvs", "vecāmāte", "singular", "vecāmāte vecāmātes vecāmātei vecāmāti vecāmātē"),
    ("lvs", "māmuļa", "plural", "māmuļas māmuļu māmuļām māmuļās"),
    ("lvs", "bērnelis", "singular", "bērnelis bērneļa bērnelim bērneli bērnelī"),
    ("lvs", "laulātais", "plural", "laulātie laulāto laulātajiem laulātos laulātajos"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "lemma", "number", "expected"), PARADIGMS)
def test_a_paradigm_has_exactly_these_forms(
    language: str, lemma: str, number: str, expected: str
) -> None:
    """All forms of a number; the entry of the lexicon gives the keys of the word."""
    made = {
        form.text
        for word in _entries(language, lemma)
        for form in paradigm(language).inflect(word)
        if form.number == number and word.keys.get("number", number) == number
    }
    assert made == set(expected.split("/" if "/" in expected else None))


def _entries(language: str, lemma: str) -> list[Word]:
    """The entries of a lemma as they stand in the lexicon."""
    path = gender.BUNDLED / f"{language}.toml"
    found: list[Word] = []
    for row in tomllib.loads(path.read_text(encoding="utf-8")).values():
        for entry in row.get("words", []) if isinstance(row, dict) else []:
            keys: dict[str, Value] = {"lemma": entry} if isinstance(entry, str) else dict(entry)
            if keys["lemma"] == lemma:
                values = {k: tuple(v) if isinstance(v, list) else v for k, v in keys.items()}
                found.append(Word(lemma, values))
    return found


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("rus", "юношой отцем матьи человеки ребёноки братов дам бабки"),
        ("bel", "жонке сястре юнакаў бацькай дачкэ дамы дамах"),
        ("bul", "мъжи човекове родителът детета хорато братите"),
        ("lit", "tėtio mergaitių sesuos žmogai drauge"),
        ("lvs", "brālisa vīrietia sievietu tēša veci māt dēl"),
    ],
)
def test_no_form(language: str, texts: str) -> None:
    assert not {form.text for form in gender.bundled(language).forms} & set(texts.split())


@pytest.mark.parametrize(
    ("language", "text", "rule"),
    [
        ("rus", "отцом", "instrumental singular stem отц- + -ом"),
        ("rus", "ребенка", "genitive singular stem ребёнк- + -а, ё written е"),
        ("bel", "жонцы", "dative singular -ы"),
        ("bul", "мъжете", "plural (мъже) + definite article -те"),
        ("lit", "tėčio", "genitive singular -io"),
        ("lvs", "brāļa", "genitive singular palatalised brāļ- + -a"),
    ],
)
def test_rule(language: str, text: str, rule: str) -> None:
    rules = [form.rule for form in gender.bundled(language).forms if form.text == text]
    assert any(rule in one.split(" or ") for one in rules)


F, M, U = "feminine", "masculine", "unspecified"


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [
        ("rus", "Деду Морозу писали дети", [U]),
        ("rus", "Я дам тебе знать о правах человека", ["unspecified"]),
        ("rus", "Его двоюродная сестра замужем за молодым человеком", [M]),
        ("rus", "Королева приехала, Королёва тоже", []),
        ("bel", "У дамах жывуць людзі", [U]),
        ("bel", "Гэта яго бацькі", [M + U]),
        ("bul", "Тя доведе съпруга си", [M]),
        ("bul", "Неговата съпруга работи", [F]),
        ("bul", "Той се жени за нея, Дядо Коледа", []),
        ("lit", "Žmogaus teisės ir vaikų darželis", ["unspecified"] * 2),
        ("lit", "Jo tėvai ir seneliai", [U, U]),
        ("lvs", "Meitas uzņēmums un viņa meitas", [F]),
        ("lvs", "Viņi ir vecāki par mums, veci cilvēki", [U]),
    ],
)
def test_what_is_counted(language: str, line: str, expected: list[str]) -> None:
    found = find(gender.bundled(language), [line])
    counted = ["".join(g for g, c in zip((F, M, U), m.classes, strict=True) if c) for m in found]
    assert counted == expected


@pytest.mark.parametrize("language", ["rus", "bel", "bul", "lit", "lvs"])
def test_a_class_it_does_not_know(language: str) -> None:
    with pytest.raises(ValueError, match="no class 'IX'"):
        list(paradigm(language).inflect(Word("x", {"class": "IX"})))
