"""Pronouns, demographic terms and adjectives of German, Swedish, Dutch, Danish, Irish and Welsh."""

from __future__ import annotations

from functools import cache

import pytest
from document_batches import batch, document

from corpus_assay.lexicons import paradigms, terms
from corpus_assay.transforms import compiled
from corpus_assay.transforms.tallies import Lists
from corpus_assay.transforms.tokens import tokenise

LANGUAGES = ["deu", "swe", "nld", "dan", "gle", "cym"]


@cache
def lists(kind: str, language: str) -> Lists:
    if kind == "pronouns":
        return Lists.of({language: compiled.compile_pronouns(terms.pronouns(language))})
    return Lists.of({language: compiled.compile_demographics(terms.demographics(language))})


def found(kind: str, language: str, text: str) -> list[str]:
    """What counts in a text, in order: what each match stands for, sorted and joined with +."""
    one = lists(kind, language)
    matches = one.find(tokenise(batch([document(text, language)])))
    concepts = one.entries.column("concepts").to_pylist()
    return ["+".join(sorted(concepts[e].split("+"))) for e in matches.entries if concepts[e]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_have_no_faults(language: str) -> None:
    assert list(terms.pronoun_faults(terms.pronouns(language), "Latn")) == []
    assert list(terms.demographic_faults(terms.demographics(language), "Latn")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_core_descriptors_are_there(language: str) -> None:
    having = {form.concept for form in terms.demographics(language).forms}
    core = set(terms.core_descriptors())
    assert len(core - having) <= 3
    assert len(having - core) >= 3


PRONOUNS = {
    "deu": {
        "first": "ich mich mir wir uns mein meine meines unser unsere",
        "second": "du dich dir ihr euch dein deinem euer eure Sie Ihnen Ihre",
        "feminine": "sie ihr ihre ihren ihrem ihrer ihres",
        "masculine": "er ihn ihm sein seine seinen seinem seiner seines",
        "unspecified": "sie ihnen ihr ihre",
        "third": "es",
        "": "sich man die der das denen",
    },
    "swe": {
        "first": "jag mig min mitt mina vi oss vår vårt våra",
        "second": "du dig din ditt dina ni er ert era",
        "feminine": "hon henne hennes",
        "masculine": "han honom hans",
        "unspecified": "de dem dom deras hen henom hens",
        "": "den det sig sin man",
    },
    "nld": {
        "first": "ik mij me mijn wij we ons onze",
        "second": "jij je jou jouw jullie u uw",
        "feminine": "zij ze haar",
        "masculine": "hij hem zijn",
        "unspecified": "zij ze hen hun",
        "": "het zich men die dat",
    },
    "dan": {
        "first": "jeg mig min mit mine vi os vores",
        "second": "du dig din dit dine jer jeres",
        "feminine": "hun hende hendes",
        "masculine": "han ham hans",
        "unspecified": "de dem deres",
        "": "den det sig sin i hen",
    },
    "gle": {
        "first": "mé mise muid sinn mo agam againn orm dúinn",
        "second": "tú tusa thú sibh agat agaibh ort duit daoibh",
        "feminine": "sí í aici uirthi léi di",
        "masculine": "sé é aige air dó",
        "unspecified": "siad iad acu orthu dóibh leo",
        "": "a leis de as faoi ann do",
    },
    "cym": {
        "first": "fi fy ni ein gennyf arnom",
        "second": "ti chi dy eich gennych",
        "feminine": "hi iddi ganddi arni",
        "masculine": "ef fo iddo ganddo arno",
        "unspecified": "nhw hwy eu iddynt ganddyn",
        "": "i e o ei",
    },
}


@pytest.mark.parametrize("language", PRONOUNS)
def test_pronouns_by_class(language: str) -> None:
    kinds: dict[str, set[str]] = {}
    for form in terms.pronouns(language).forms:
        kinds.setdefault(form.text, set()).add(form.concept)
    for kind, texts in PRONOUNS[language].items():
        for text in texts.split():
            assert (kind in kinds.get(text, set())) if kind else text not in kinds, (kind, text)


@pytest.mark.parametrize(
    ("language", "text", "kinds"),
    [
        ("deu", "Ich weiß, dass sie ihn kennt.", ["first", "feminine+unspecified", "masculine"]),
        ("deu", "Sie ist da, und sie sind hier.", ["feminine", "unspecified"]),
        ("deu", "Dort können Sie sitzen.", ["second+unspecified"]),
        ("deu", "Wenn Sie Fragen haben", ["feminine+second+unspecified"]),
        ("deu", "Es kann sein.", ["third"]),
        ("deu", "Mit ihnen, mit Ihnen.", ["unspecified", "second+unspecified"]),
        ("swe", "Hon såg honom och dem.", ["feminine", "masculine", "unspecified"]),
        ("swe", "Hans Christian de facto; de flesta", []),
        ("nld", "Zij is ziek, ze zijn ziek.", ["feminine", "unspecified"]),
        ("nld", "Hij zag zijn huis.", ["masculine", "masculine"]),
        ("nld", "Er zijn boeken; ze kan ziek zijn.", ["feminine", "masculine"]),
        ("nld", "De boeken zijn niet duur.", []),
        ("dan", "Jeg bor i byen. Hvad skal vi, når I har tid?", ["first", "first", "second"]),
        ("gle", "Tá leabhar aici agus aige.", ["feminine", "masculine"]),
        ("gle", "sé bliana roimhe sin", []),
        ("cym", "Mae ei fam ac ei mam yma.", ["masculine", "feminine"]),
    ],
)
def test_pronouns_in_a_text(language: str, text: str, kinds: list[str]) -> None:
    assert found("pronouns", language, text) == kinds


ADJECTIVES = [
    ("deu", "jung", {}, "jung junge jungen jungem junger junges"),
    ("deu", "sensibel", {"stem": "sensibl"}, "sensibel sensible sensiblen sensiblem sensibler "
     "sensibles"),
    ("swe", "svensk", {}, "svensk svenskt svenska svenskas svenske svenskes"),
    ("swe", "handikappad", {}, "handikappad handikappat handikappade handikappades"),
    ("swe", "vuxen", {}, "vuxen vuxet vuxna vuxnas vuxne vuxnes"),
    ("swe", "blind", {}, "blind blint blinda blindas blinde blindes"),
    ("swe", "ny", {}, "ny nytt nya nyas nye nyes"),
    ("nld", "Frans", {}, "Frans Franse"),
    ("nld", "wit", {"stem": "witt", "noun": True}, "wit wits witte witten"),
    ("nld", "homoseksueel", {}, "homoseksueel homoseksueels homoseksuele"),
    ("nld", "Russisch", {}, "Russisch Russische"),
    ("dan", "dansk", {}, "dansk danske danskes"),
    ("dan", "blind", {}, "blind blindt blinde blindes"),
    ("dan", "voksen", {}, "voksen voksent voksne voksnes"),
    ("dan", "handicappet", {}, "handicappet handicappede handicappedes"),
    ("dan", "biseksuel", {}, "biseksuel biseksuelt biseksuelle biseksuelles"),
    ("gle", "Francach", {}, "Francach Fhrancach Francaigh Fhrancaigh Francaí Fhrancaí Francacha "
     "Fhrancacha"),
    ("gle", "Spáinneach", {}, "Spáinneach Spáinnigh Spáinní Spáinneacha"),
    ("gle", "bocht", {"genitive": "boicht", "genitive_feminine": "boichte"}, "bocht bhocht boicht "
     "bhoicht boichte bhoichte bochta bhochta"),
    ("gle", "pósta", {}, "pósta phósta"),
    ("gle", "fearúil", {}, "fearúil fhearúil fearúla fhearúla"),
    ("cym", "dall", {"plural": ("deillion",)}, "dall ddall nall deillion ddeillion neillion"),
    ("cym", "ifanc", {}, "ifanc hifanc"),
    ("cym", "gwyn", {"feminine": "gwen"}, "gwyn wyn ngwyn gwen wen ngwen"),
    ("cym", "Twrcaidd", {}, "Twrcaidd Dwrcaidd Nhwrcaidd Thwrcaidd"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "lemma", "keys", "forms"), ADJECTIVES)
def test_adjectives(language: str, lemma: str, keys: dict[str, str], forms: str) -> None:
    made = list(paradigms.adjectives(language).inflect(paradigms.Word(lemma, keys)))
    assert {form.text for form in made} == set(forms.split())
    assert all(form.rule and form.number in paradigms.NUMBERS for form in made)


NOUNS = [
    ("swe", "invandrare", "5c", "invandrare invandrares invandraren invandrarens invandrarna "
     "invandrarnas"),
    ("swe", "iranier", "5c", "iranier iraniers iraniern iranierns iranierna iraniernas"),
    ("dan", "dansker", "ere", "dansker danskers danskeren danskerens danskere danskeres danskerne "
     "danskernes"),
    ("gle", "Francach", "ach", "Francach Fhrancach bhFrancach Francaigh Fhrancaigh bhFrancaigh"),
    ("gle", "Iodálach", "ach", "Iodálach hIodálach nIodálach tIodálach Iodálaigh hIodálaigh "
     "nIodálaigh"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "lemma", "kind", "forms"), NOUNS)
def test_nouns_for_peoples(language: str, lemma: str, kind: str, forms: str) -> None:
    made = paradigms.paradigm(language).inflect(paradigms.Word(lemma, {"class": kind}))
    assert {form.text for form in made} == set(forms.split())


def test_irish_adjectives_need_their_genitive() -> None:
    with pytest.raises(ValueError, match="genitive of the feminine"):
        list(paradigms.adjectives("gle").inflect(paradigms.Word("bocht")))


@pytest.mark.parametrize(
    ("language", "text", "concepts"),
    [
        ("deu", "die Französinnen und ein Deutscher", ["french", "german"]),
        ("deu", "Obdachlose, Muslimin, jüdischen", ["homeless", "muslim", "jewish"]),
        ("deu", "In Polen und Schweden leben die Polen.", ["polish"]),
        ("deu", "Die Jungen spielen mit der Taube im Reich.", []),
        ("deu", "junge, taube, reiche Leute", ["young", "deaf", "rich"]),
        ("deu", "zehn Jahre alt, im Alter, im Weißen Haus", []),
        ("deu", "Menschen mit Behinderung; nicht-binäre", ["disabled", "nonbinary"]),
        ("swe", "fransmännen och invandrarna", ["french", "immigrant"]),
        ("swe", "de hemlösas läkare är muslimska", ["homeless", "muslim"]),
        ("swe", "tio år gammal vid Svarta havet", []),
        ("swe", "israelerna i Israel", ["israeli"]),
        ("swe", "den blinde samen", ["blind", "sami"]),
        ("nld", "Fransen, een Franse en Joden", ["french", "french", "jewish"]),
        ("nld", "de daklozen en moslims", ["homeless", "muslim"]),
        ("nld", "tien jaar oud in Polen; de Polen", ["polish"]),
        ("nld", "een zwarte lijst in het Witte Huis", []),
        ("nld", "het zwembad: een pool; een Pool", ["polish"]),
        ("dan", "franskmændene og danskerne", ["french", "danish"]),
        ("dan", "de hjemløse muslimers", ["homeless", "muslim"]),
        ("dan", "i Filippinerne bor filippinerne", ["filipino"]),
        ("dan", "ti år gammel ved Det Hvide Hus", []),
        ("gle", "na Francaigh, bean Fhrancach", ["french", "french"]),
        ("gle", "daoine óga gan dídean", ["young", "homeless"]),
        ("gle", "na daoine gorma; carr gorm", ["black"]),
        ("gle", "Páirtí an Lucht Oibre; lucht oibre", ["working_class"]),
        ("gle", "mná torracha Moslamacha", ["pregnant", "muslim"]),
        ("cym", "y Ffrancwyr a'r Gymraes", ["french", "welsh"]),
        ("cym", "pobl ddigartref, Foslemiaid", ["homeless", "muslim"]),
        ("cym", "pobl dduon a char du", ["black"]),
        ("cym", "y Tŷ Gwyn a'r Hen Destament", []),
        ("cym", "gwraig weddw Iddewig", ["widowed", "jewish"]),
    ],
)
def test_descriptors_in_a_text(language: str, text: str, concepts: list[str]) -> None:
    assert found("demographics", language, text) == concepts
