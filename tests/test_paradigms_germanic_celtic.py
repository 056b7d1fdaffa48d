"""Forms of English, German, Dutch, Swedish, Danish, Irish and Welsh nouns, worked out by hand."""

from __future__ import annotations

import pytest
from reliability import find

from corpus_assay.lexicons import gender
from corpus_assay.lexicons.paradigms import Word, paradigm

LANGUAGES = ("eng", "deu", "nld", "swe", "dan", "gle", "cym")

# language, lemma: its singular forms; its plural forms; forms for both numbers
FORMS = {
    ("eng", "lady"): ("lady", "ladies", ""),
    ("eng", "woman"): ("woman", "women", ""),
    ("eng", "boy"): ("boy", "boys", ""),
    ("eng", "sister-in-law"): (
        "sister-in-law|sister in law",
        "sisters-in-law|sisters in law",
        "",
    ),
    ("deu", "Tochter"): ("Tochter", "Töchter Töchtern", ""),
    ("deu", "Sohn"): ("Sohn Sohnes Sohns Sohne", "Söhne Söhnen", ""),
    ("deu", "Veteran"): ("Veteran", "", "Veteranen"),
    ("deu", "Mädel"): ("", "Mädeln", "Mädel Mädels"),
    ("deu", "Mütterchen"): ("Mütterchens", "", "Mütterchen"),
    ("deu", "Gattin"): ("Gattin", "Gattinnen", ""),
    ("deu", "Kid"): ("Kid", "", "Kids"),
    ("deu", "Großmutter"): ("Großmutter Großmutters", "Großmütter Großmüttern", ""),
    ("deu", "Großeltern"): ("", "Großeltern", ""),
    ("deu", "Verlobter"): ("Verlobtem", "", "Verlobter Verlobte Verlobten"),
    ("nld", "oma"): ("oma omaatje", "oma's omaatjes", ""),
    ("nld", "zoon"): ("zoon", "zonen zoons", ""),
    ("nld", "moeder"): ("moeder moedertje", "moeders moedertjes", ""),
    ("nld", "vrouw"): ("vrouw", "vrouwen", ""),
    ("nld", "kind"): ("kind", "kinderen kinders", ""),
    ("swe", "kvinna"): (
        "kvinna kvinnas kvinnan kvinnans",
        "kvinnor kvinnors kvinnorna kvinnornas",
        "",
    ),
    ("swe", "far"): ("far fars fadern faderns", "fäder fäders fäderna fädernas", ""),
    ("swe", "syster"): (
        "syster systers systern systerns",
        "systrar systrars systrarna systrarnas",
        "",
    ),
    ("swe", "barn"): ("barnet barnets", "barnen barnens", "barn barns"),
    ("swe", "hustru"): (
        "hustru hustrus hustrun hustruns",
        "hustrur hustrurs hustrurna hustrurnas",
        "",
    ),
    ("swe", "exman"): (
        "exman exmans exmannen exmannens",
        "exmän exmäns exmännen exmännens",
        "",
    ),
    ("swe", "bebis"): ("bebis bebisen bebisens", "bebisar bebisars bebisarna bebisarnas", ""),
    ("dan", "mand"): ("mand mands manden mandens", "mænd mænds mændene mændenes", ""),
    ("dan", "søn"): ("søn søns sønnen sønnens", "sønner sønners sønnerne sønnernes", ""),
    ("dan", "barn"): ("barn barns barnet barnets", "børn børns børnene børnenes", ""),
    ("dan", "menneske"): (
        "menneske menneskes mennesket menneskets",
        "mennesker menneskers menneskene menneskenes",
        "",
    ),
    ("dan", "mor"): (
        "mor mors moderen moderens moren morens",
        "mødre mødres mødrene mødrenes",
        "",
    ),
    ("dan", "dreng"): ("dreng drengs drengen drengens", "drenge drenges drengene drengenes", ""),
    ("dan", "barnebarn"): (
        "barnebarn barnebarns barnebarnet barnebarnets",
        "børnebørn børnebørns børnebørnene børnebørnenes "
        "barnebørn barnebørns barnebørnene barnebørnenes",
        "",
    ),
    ("dan", "knægt"): ("knægt knægts knægten knægtens", "knægte knægtes knægtene knægtenes", ""),
    ("dan", "bedstefar"): (
        "bedstefar bedstefars bedstefaderen bedstefaderens bedstefaren bedstefarens",
        "bedstefædre bedstefædres bedstefædrene bedstefædrenes",
        "",
    ),
    ("swe", "mormor"): (
        "mormor mormors mormodern mormoderns mormorn mormorns",
        "mormödrar mormödrars mormödrarna mormödrarnas",
        "",
    ),
    ("nld", "jongeman"): ("jongeman", "jongemannen", ""),
    ("gle", "mamaí"): ("mamaí mhamaí", "mamaithe mhamaithe", ""),
    ("gle", "deaidí"): ("deaidí dheaidí ndeaidí", "", ""),
    ("gle", "dearbhráthair"): (
        "dearbhráthair dhearbhráthair ndearbhráthair dearbhráthar dhearbhráthar ndearbhráthar",
        "dearbhráithre dhearbhráithre ndearbhráithre",
        "",
    ),
    ("gle", "níon"): ("níon", "", ""),
    ("cym", "pobol"): ("pobol bobol mhobol phobol", "", ""),
    ("cym", "llances"): ("llances lances", "llancesi lancesi llancesau lancesau", ""),
    ("gle", "bean"): ("bean bhean mbean", "ban bhan mban", "mná mhná"),
    ("gle", "cailín"): ("cailín chailín gcailín", "cailíní chailíní gcailíní", ""),
    ("gle", "fear"): ("", "fheara", "fear fhear bhfear fir fhir bhfir"),
    ("gle", "athair"): (
        "athair hathair tAthair athar hathar nAthar athairse hathairse athairne athairsean",
        "aithreacha haithreacha nAithreacha",
        "",
    ),
    ("gle", "seantuismitheoir"): (
        "seantuismitheoir sheantuismitheoir seantuismitheora sheantuismitheora tseantuismitheora",
        "seantuismitheoirí sheantuismitheoirí",
        "",
    ),
    ("gle", "mac"): (
        "macsa mhacsa mhacsan macna macsan",
        "mhaca",
        "mac mhac mic mhic",
    ),
    ("gle", "céile"): ("céile gcéile", "", ""),
    ("cym", "tad"): ("tad dad nhad thad", "tadau dadau nhadau thadau", ""),
    ("cym", "plentyn"): (
        "plentyn blentyn mhlentyn phlentyn",
        "plant blant mhlant phlant",
        "",
    ),
    ("cym", "gwraig"): ("gwraig wraig ngwraig", "gwragedd wragedd ngwragedd", ""),
    ("cym", "dyn"): ("dyn ddyn nyn", "dynion ddynion nynion", ""),
    ("cym", "mam"): ("mam fam mham", "mamau famau mhamau", ""),
    ("cym", "chwaer"): ("chwaer", "chwiorydd", ""),
    ("cym", "rhiant"): ("rhiant riant", "rhieni rieni", ""),
    ("cym", "ewythr"): ("ewythr hewythr", "ewythrod hewythrod ewythredd hewythredd", ""),
    ("cym", "dad"): ("dad", "", ""),
}

RULES = {
    ("eng", "ladies"): "plural -ies",
    ("deu", "Söhnen"): "plural with its own form + dative -n",
    ("deu", "Knaben"): "genitive, dative, accusative -n or plural -n",
    ("deu", "jungen Frauen"): "jung-en before it + plural -en",
    ("nld", "oma's"): "plural -'s",
    ("swe", "flickornas"): "plural -or + definite -na + genitive -s",
    ("swe", "årig man"): "lemma behind årig",
    ("dan", "drengenes"): "plural -e + definite -ne + genitive -s",
    ("gle", "tseanmháthair"): "lemma + t before s",
    ("gle", "deirfiúrsa"): "lemma + emphatic -sa",
    ("cym", "nhad"): "lemma + nasal mutation t- to nh",
    ("cym", "ŵr"): "lemma + soft mutation g- to nothing",
}

NOT_FORMS = {
    "eng": ("womans", "mother-in-laws", "ladys", "dude", "relative"),
    "deu": ("Muttern", "Manne", "Frauens", "Mannen", "Freund", "jungen Mutters", "junge Männern"),
    "nld": ("ouder", "wees", "mannetje", "kinds", "persoonen", "zusen"),
    "swe": ("man", "mans", "modern", "unge", "bro", "mannar", "bebiss", "systerar"),
    "dan": ("man", "faren", "unge", "menneskerne", "mandene", "manderne", "barner"),
    "gle": ("chéile", "céilí", "nAthair", "mhbean", "lheanbh", "shcoil", "tcailín"),
    "cym": ("nad", "ŵyr", "bro", "ddad", "chhwaer", "bhlant"),
}

# text: feminine, masculine, unspecified of the core concepts
COUNTS = {
    "eng": {
        "The guys and people of individual women’s groups": (1, 1, 2),
        "Her mother-in-law and a grandson of the king": (0, 0, 0),
    },
    "deu": {
        "Der junge Mann und der Junge sahen die jungen Leute der Jungen Union": (0, 2, 1),
        "Junge Frauen, junge Hunde, ein alter Hund": (1, 0, 0),
        "Thomas Mann schraubte Muttern, die Hausfrau auch": (0, 0, 0),
        "Die Großmütter ihrer GROSSELTERN, des Vaters Brüdern": (1, 2, 1),
        "Frau Dr. Weiß": (0, 0, 0),
    },
    "nld": {
        "Een ouder huis is ouder dan de ouders": (0, 0, 1),
        "Zijn mama's, het jongetje en de Notre-Dame": (1, 1, 0),
        "Zij wees de schoonmoeder aan": (0, 0, 0),
        "Mijn pa en haar ma eten pap": (1, 1, 0),
    },
    "swe": {
        "Man vet att man kan när man vill": (0, 0, 0),
        "En 32-årig man och hennes man såg mannen": (0, 3, 0),
        "Ett modernt hus, en modern bil; modern till barnet": (1, 0, 1),
        "Karl såg en karl. Make America, hennes make": (0, 2, 1),
        "Ju äldre man blir, hur gammal man än är: en gammal man, två man": (0, 2, 0),
        "De unge, en unge: en mans hatt, hennes mans": (0, 2, 1),
    },
    "dan": {
        "Man siger at manden er i fare, faren er til søs": (0, 1, 0),
        "Kvindernes børn og de unge mænds søskende": (1, 1, 2),
        "En rolling hørte Rolling Stones": (0, 0, 1),
        "Svigermor fik et barnebarn, de unge fik en unge": (0, 0, 1),
    },
    "gle": {
        "An t-athair agus a mháthair le chéile, m'athair": (1, 2, 0),
        "Seán Mac Mathúna agus a mhac, mac léinn, Fionn mac Cumhaill": (0, 1, 0),
        "mo dheaid is an t-athair, do na daoinibh, fear sneachta": (0, 2, 1),
        "Na mná, hata an tseanathar, bean ghnó, a fear céile": (2, 2, 0),
        "Bean Uí Bhriain": (0, 0, 0),
    },
    "cym": {
        "Fy nhad a'm mam, ei thad a'i mham hi": (2, 2, 0),
        "Y ferch a'r bachgen gyda'u mam-yng-nghyfraith": (1, 1, 0),
        "ei brodyr a chwiorydd": (1, 1, 1),
        "Pwy a ŵyr? Dynion tân o'r bro, dyn eira": (0, 1, 0),
    },
}


@pytest.mark.parametrize(("language", "lemma"), FORMS)
def test_forms_of_a_lemma(language: str, lemma: str) -> None:
    split = "|" if "|" in "".join(FORMS[language, lemma]) else " "
    expected = {
        (text, number)
        for number, texts in zip(gender.NUMBERS, FORMS[language, lemma], strict=True)
        for text in texts.split(split)
        if text
    }
    made = [form for form in gender.bundled(language).forms if form.lemma == lemma]
    assert {(form.text, form.number) for form in made} == expected


@pytest.mark.parametrize(("language", "text"), RULES)
def test_rules_are_in_grammar_terms(language: str, text: str) -> None:
    rules = {form.rule for form in gender.bundled(language).forms if form.text == text}
    assert rules == {RULES[language, text]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_that_are_not_made(language: str) -> None:
    texts = {form.text for form in gender.bundled(language).forms}
    assert texts.isdisjoint(NOT_FORMS[language])
    assert len(texts) < 2_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_homographs_in_text(language: str) -> None:
    texts = list(COUNTS[language])
    counts = {text: [0, 0, 0] for text in texts}
    for match in find(gender.bundled(language), texts):
        for place, counted in enumerate(match.classes):
            counts[texts[match.line]][place] += counted
    assert {text: tuple(row) for text, row in counts.items()} == COUNTS[language]


@pytest.mark.parametrize(
    ("language", "lemma", "keys"),
    [
        ("eng", "man", {"class": "middle"}),
        ("deu", "Mann", {}),
        ("deu", "Mann", {"class": "mixed"}),
        ("deu", "Alter", {"class": "adjective-neuter"}),
        ("swe", "man", {"class": "6"}),
        ("dan", "mand", {"class": "n"}),
        ("gle", "bean", {"gender": "neuter"}),
        ("cym", "mam", {"class": "feminine"}),
    ],
)
def test_unknown_values_are_refused(language: str, lemma: str, keys: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"unknown|does not tell"):
        list(paradigm(language).inflect(Word(lemma, keys)))
