"""Pronouns and demographic terms of Turkish, Finnish, Hungarian, Uzbek, Kyrgyz, Khalkha Mongolian,
Georgian and Estonian.

Expected forms are worked out by hand from the grammars, not copied from what the rules make.
"""

from __future__ import annotations

from functools import cache

import pytest

from corpus_assay.lexicons import paradigms, terms
from corpus_assay.lexicons.languages import languages
from corpus_assay.lexicons.paradigms import Word

LANGUAGES = ("tur", "fin", "hun", "uzn", "kir", "khk", "kat", "est")


@cache
def concepts(language: str) -> dict[str, set[str]]:
    """The descriptors of each form of a language."""
    found: dict[str, set[str]] = {}
    for form in terms.demographics(language).forms:
        found.setdefault(form.text, set()).add(form.concept)
    return found


@cache
def kinds(language: str) -> dict[str, set[str]]:
    """The kinds of each pronoun of a language."""
    found: dict[str, set[str]] = {}
    for form in terms.pronouns(language).forms:
        found.setdefault(form.text, set()).add(form.concept)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_are_well_formed(language: str) -> None:
    demographics = terms.demographics(language)
    script = languages()[language].script
    assert list(terms.demographic_faults(demographics, script)) == []
    assert list(terms.pronoun_faults(terms.pronouns(language), script)) == []
    assert set(terms.core_descriptors()) <= set(demographics.descriptors)
    assert len({form.text for form in demographics.forms}) < 40_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_third_person_marks_no_gender(language: str) -> None:
    words = terms.pronouns(language)
    assert not words.comparable
    assert {form.concept for form in words.forms} == {"first", "second", "unspecified"}


PRONOUNS = [
    (
        "tur",
        "ben beni bana benim bizde bizden bizimki kendimiz",
        "sen sana senin siz sizin sizlere",
        "o onu ona onun onda ondan onunla onlar onların onlara onlardan",
        "bu şu kendi oysa onlarca onca",
    ),
    (
        "fin",
        "minä minua minulle minut me meidän meille mä mulle minäkin",
        "sinä sinun teitä te teidän sun",
        "hän hänen häntä hänellekin he heidän heitä",
        "se ne mut mussa musta itse",
    ),
    (
        "hun",
        "én engem nekem velem rólam mi minket bennünket tőlünk szerintem miénk",
        "te téged neked ti titeket ön önök önöknek",
        "ő őt neki vele róla ők őket nekik velük szerinte",
        "az ez aki saját utána",
    ),
    (
        "uzn",
        "men meni mening menga biz bizning bizda",
        "sen senga siz sizning sizlar",
        "u uni uning unga ular ularning",
        "bu shu oʻsha oʻzi",
    ),
    ("kir", "мен менин мага биз бизге", "сен сага силер сиз сиздин", "ал аны анын алар аларга",
     "бул ошол ага өзү"),
    ("khk", "би намайг надад миний бид бидэнд манай", "чи чамд та танай та_нар та_нарын",
     "тэр түүний түүнд тэд тэдний", "энэ минь нь өөрөө"),
    ("kat", "მე ჩემი ჩემს ჩვენ ჩვენთვის", "შენ შენი თქვენ თქვენგან",
     "ის იგი მან მას მისი მისთვის ისინი მათ მათი", "ეს თავისი თვითონ"),
    ("est", "mina ma minu mulle meie meil", "sina sa sinule te teid", "tema ta teda talle nad neid",
     "must taga tasse oma see"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "first", "second", "third", "absent"), PRONOUNS, ids=[row[0] for row in PRONOUNS]
)
def test_pronouns(language: str, first: str, second: str, third: str, absent: str) -> None:
    found = kinds(language)
    for kind, texts in (("first", first), ("second", second), ("unspecified", third)):
        for text in words(texts):
            assert found.get(text) == {kind}, text
    assert found.keys().isdisjoint(words(absent))


def words(text: str) -> list[str]:
    """The words of a list; an underscore stands for the blank inside a form."""
    return [word.replace("_", " ") for word in text.split()]


# Language, adjective and its keys; all its forms, or some; and words that are not forms of it.
ADJECTIVES: list[tuple[str, str, dict[str, paradigms.Value], bool, str, str]] = [
    ("tur", "yaşlı", {}, False,
     "yaşlı yaşlıyı yaşlıya yaşlıda yaşlıdan yaşlının yaşlıyla yaşlıdır yaşlıydı yaşlıymış "
     "yaşlıysa yaşlıyken yaşlıyım yaşlısın yaşlıyız yaşlıydım yaşlılar yaşlıları yaşlılara "
     "yaşlılarda yaşlılardan yaşlıların yaşlılarla yaşlılardaki yaşlılarını yaşlılarının "
     "yaşlılarımız yaşlılarımızın",
     "yaşlım yaşlımı yaşlılarım yaşlılık"),
    ("tur", "genç", {"stem": "genc"}, False,
     "genç genci gence gencin gençte gençten gençti gençtir gençler gençlerin gençlerimize",
     "gençi gençe gençde gencler"),
    ("fin", "vanha", {"class": "9"}, True,
     "vanha vanhan vanhaa vanhaan vanhana vanhassa vanhasta vanhalla vanhalta vanhalle vanhaksi "
     "vanhatta vanhat vanhojen vanhoja vanhoihin vanhoina vanhoissa vanhoista vanhoilla vanhoilta "
     "vanhoille vanhoiksi vanhoitta", "vanhani vanhia"),
    ("fin", "sokea", {"class": "15"}, True,
     "sokea sokean sokeaa sokeaan sokeana sokeassa sokeasta sokealla sokealta sokealle sokeaksi "
     "sokeatta sokeat sokeiden sokeitten sokeita sokeisiin sokeihin sokeina sokeissa sokeista "
     "sokeilla sokeilta sokeille sokeiksi sokeitta", "sokeoita"),
    ("fin", "työtön", {"class": "34", "stem": "työttömä"}, True,
     "työtön työttömän työtöntä työttömään työttömänä työttömässä työttömästä työttömällä "
     "työttömältä työttömälle työttömäksi työttömättä työttömät työttömien työtönten työttömiä "
     "työttömiin työttöminä työttömissä työttömistä työttömillä työttömiltä työttömille "
     "työttömiksi työttömittä", "työtönä työttömia"),
    ("fin", "iäkäs", {"class": "41", "stem": "iäkkää"}, False,
     "iäkäs iäkkään iäkästä iäkkääseen iäkkäät iäkkäiden iäkkäitä iäkkäille iäkkäätkin",
     "iäkkäsiä"),
    ("fin", "eronnut", {"class": "47"}, False,
     "eronnut eronneen eronnutta eronneet eronneita eronneiden eronneille", "eronnuen"),
    ("hun", "kínai", {}, True,
     "kínai kínait kínainak kínaiért kínaiig kínaiban kínainál kínaiba kínaira kínaiból kínairól "
     "kínaitól kínaiként kínaihoz kínaival kínaivá kínaiak kínaiakat kínaiaknak kínaiakért "
     "kínaiakban kínaiaknál kínaiakba kínaiakra kínaiakból kínaiakról "
     "kínaiaktól kínaiakként kínaiakhoz kínaiakon kínaiakkal kínaiakig kínaiakká",
     "kínaik kínain kínaikat kínaiam kínaiul"),
    ("hun", "középkorú", {}, False,
     "középkorú középkorút középkorúak középkorúakat középkorúaknak", "középkorúk középkorúm"),
    ("hun", "idős", {"lowering": True}, False, "idős időset idősek időseket időseknek idősekkel",
     "idősök időst időseim"),
    ("hun", "felnőtt", {"lowering": True}, False,
     "felnőttet felnőttel felnőtté felnőttől felnőttek felnőttekkel",
     "felnőtttel felnőtttől felnőttök"),
    ("uzn", "nogiron", {}, False,
     "nogiron nogironlar nogironning nogironlarga nogironlarning nogironman nogironmiz nogironlari "
     "nogironlarimizga", "nogironim nogironing"),
    ("kir", "орус", {}, False,
     "орус орустун орусту оруска оруста орустан орусмун оруспу орустар орустардын орустарга "
     "орустарыбызга орустарынын", "орусдун орусум оруслар"),
    ("kat", "ქართული", {}, True,
     "ქართული ქართულმა ქართულ ქართულო ქართულია ქართულიც ქართულმაც", "ქართულები ქართულად"),
    ("kat", "ბრმა", {}, True, "ბრმა ბრმაა ბრმაც", "ბრმმა ბრმო"),
    ("est", "mehelik", {"like": "lik"}, False,
     "mehelik meheliku mehelikku mehelikus mehelikust mehelikule mehelikuks mehelikud mehelike "
     "mehelikke mehelikele mehelikega mehelikki", "mehelikut mehelikide"),
    ("est", "saksa", {"indeclinable": True}, True, "saksa", "saksat saksad"),
    ("est", "töötu", {"like": "tu"}, False, "töötu töötut töötule töötud töötute töötuid töötutele",
     "tööttu"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "lemma", "keys", "complete", "texts", "absent"),
    ADJECTIVES,
    ids=[f"{row[0]}-{row[1]}" for row in ADJECTIVES],
)
def test_adjectives(
    language: str,
    lemma: str,
    keys: dict[str, paradigms.Value],
    complete: bool,
    texts: str,
    absent: str,
) -> None:
    rules = paradigms.adjectives(language)
    assert set(keys) <= set(rules.keys)
    made = list(rules.inflect(Word(lemma, keys)))
    plain = {form.text for form in made if "clitic" not in form.rule}
    every = {form.text for form in made}
    expected = set(texts.split())
    assert expected <= every
    if complete:
        assert plain == expected
    assert every.isdisjoint(absent.split())
    assert all(form.rule for form in made)


def test_unknown_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="class must be one of"):
        list(paradigms.adjectives("fin").inflect(Word("sokea")))
    with pytest.raises(ValueError, match="parts must be"):
        list(paradigms.adjectives("est").inflect(Word("noor")))


DESCRIPTORS = [
    ("tur", {
        "Müslümanlar": "muslim", "Türklerin": "turkish", "gençlerimiz": "young",
        "ABD'li": "american",
        "Güney Koreliler": "south_korean", "Kürtlerden": "kurdish", "yoksulların": "poor",
        "eşcinseller": "homosexual", "Fransızdı": "french", "liberaller": "liberal",
        "Alevi": "alevi",
    }, "türkü Türkü Lazım Almanız Araba zayıflar liberallar Türkçe"),
    ("fin", {
        "muslimeja": "muslim", "saksalaisten": "german", "nuorille": "young", "köyhiä": "poor",
        "juutalaisia": "jewish", "brittien": "british", "naimisissa": "married",
        "työttömien": "unemployed", "HIV-positiiviset": "hiv_positive", "saamelaisten": "sami",
    }, "miehistä saksa Ranska vanhempi musliminen"),
    ("hun", {
        "németek": "german", "kínaiakat": "chinese", "izraeliek": "israeli", "fiataloknak": "young",
        "szegények": "poor", "menekülteket": "refugee", "muszlimok": "muslim", "idősek": "elderly",
        "székelyek": "szekler", "ortodoxok": "orthodox", "thaiok": "thai",
    }, "ír lett lettek izraeliak menekültök idősök magyarul ortodoxxal melegen"),
    ("uzn", {
        "musulmonlar": "muslim", "yoshlarga": "young", "nemislarning": "german",
        "qora tanlilar": "black", "oʻzbekistonlik": "uzbek", "ishsizlar": "unemployed",
        "amerikaliklar": "american", "kambagʻallarga": "poor", "xitoylik": "chinese",
    }, "yoshda yoshga oʻzbekcha Xitoy qora oq"),
    ("kir", {
        "мусулмандар": "muslim", "жаштарга": "young", "америкалыктар": "american",
        "немистер": "german", "түрктөр": "turkish", "кытайлар": "chinese", "каралар": "black",
        "уйгурлар": "uyghur", "кыргыздар": "kyrgyz", "качкындар": "refugee",
    }, "жашта жашка арыкта калмакмын орусча кара"),
    ("khk", {
        "америкчууд": "american", "оросуудын": "russian", "залуучуудад": "young", "залуус": "young",
        "ядуусын": "poor", "лалчууд": "muslim", "дүрвэгчид": "refugee", "хятад": "chinese",
        "хар арьстнууд": "black", "хөгжлийн бэрхшээлтэй": "disabled", "буриадууд": "buryat",
    }, "америкийн арьстнууд төвд хар цагаан"),
    ("kat", {
        "ამერიკელები": "american", "ამერიკულმა": "american", "ბერძნები": "greek",
        "ქართულ": "georgian", "მუსლიმთა": "muslim", "მდიდრები": "rich", "უმუშევრების": "unemployed",
        "შავკანიანი": "black", "ინდური": "indian", "იაპონური": "japanese", "დანიელები": "danish",
    }, "დანიელი ბრმად შავი თეთრი ბერძენები ინდოური იაპონული"),
    ("est", {
        "sakslased": "german", "saksa": "german", "noortele": "young", "vaestest": "poor",
        "juutide": "jewish", "mustanahaliste": "black", "põgenikke": "refugee", "eakaid": "elderly",
        "britid": "british", "kommunistlikku": "communist", "eestlaste": "estonian",
    }, "saame pimedas töötus vanem saksat"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "expected", "absent"), DESCRIPTORS, ids=[row[0] for row in DESCRIPTORS]
)
def test_descriptors(language: str, expected: dict[str, str], absent: str) -> None:
    found = concepts(language)
    for text, concept in expected.items():
        assert concept in found.get(text, ()), text
    assert found.keys().isdisjoint(absent.split())


BLOCKED = {
    "tur": ("Beyaz Saray", "Türk Lirası", "Birleşik Arap Emirlikleri", "Hint Okyanusu"),
    "fin": ("Valkoisen talon", "musta aukko", "vuotta vanha", "Vanhan testamentin"),
    "hun": ("Fehér Házban", "fekete lyuk", "meleg víz", "Latin-Amerika"),
    "uzn": ("Saudiya Arabistoni", "Hind okeani", "koʻz yosh"),
    "kir": ("көз жаш", "Инди океаны", "Араб Эмираттары"),
    "khk": ("Саудын Араб", "Латин Америк"),
    "kat": ("ინვალიდის ეტლი", "ბრმა წერტილი", "საუდის არაბეთი"),
    "est": ("Valge Maja", "must turg", "aastat vana", "Saudi Araabia"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_that_are_no_descriptors_are_blocked(language: str) -> None:
    demographics = terms.demographics(language)
    assert set(BLOCKED[language]) <= set(demographics.block)
    assert concepts(language).keys().isdisjoint(demographics.block)


def test_countries_count_only_as_peoples() -> None:
    for language, text in (("hun", "japán"), ("uzn", "xitoy"), ("kir", "кытай"), ("khk", "орос"),
                           ("est", "hiina")):  # fmt: skip
        assert text in terms.demographics(language).lowercase
    assert "saksa" not in terms.demographics("est").lowercase
