"""Forms of French, Italian, Spanish, Portuguese, Catalan and Romanian nouns, worked out by hand."""

from __future__ import annotations

import pytest
from reliability import find

from corpus_assay.lexicons import gender
from corpus_assay.lexicons.paradigms import Word, paradigm

LANGUAGES = ("fra", "ita", "spa", "por", "cat", "ron")

# language, lemma: its singular forms; its plural forms; forms for both numbers
FORMS = {
    ("fra", "femme"): ("femme", "femmes", ""),
    ("fra", "gars"): ("", "", "gars"),
    ("fra", "fils"): ("", "", "fils"),
    ("fra", "neveu"): ("neveu", "neveux", ""),
    ("fra", "jumeau"): ("jumeau", "jumeaux", ""),
    ("fra", "sœur"): ("sœur soeur", "sœurs soeurs", ""),
    ("fra", "grand-mère"): ("grand-mère", "grands-mères grand-mères", ""),
    ("fra", "grand-parent"): ("grand-parent", "grands-parents", ""),
    ("fra", "belle-sœur"): ("belle-sœur belle-soeur", "belles-sœurs belles-soeurs", ""),
    ("ita", "uomo"): ("uomo", "uomini", ""),
    ("ita", "figlia"): ("figlia figlioletta", "figlie figliolette", ""),
    ("ita", "nonna"): ("nonna nonnina", "nonne nonnine", ""),
    ("ita", "moglie"): ("moglie", "mogli", ""),
    ("ita", "marmocchio"): ("marmocchio", "marmocchi", ""),
    ("ita", "zio"): ("zio zietto", "zii zietti", ""),
    ("ita", "papà"): ("", "", "papà"),
    ("ita", "principe"): ("principe", "", ""),
    ("spa", "mujer"): ("mujer mujercita", "mujeres mujercitas", ""),
    ("spa", "cónyuge"): ("cónyuge", "cónyuges", ""),
    ("spa", "papá"): ("papá", "papás", ""),
    ("spa", "rey"): ("rey", "reyes", ""),
    ("spa", "hombre"): (
        "hombre hombrecito hombrecillo",
        "hombres hombrecitos hombrecillos",
        "",
    ),
    ("spa", "huérfano"): ("huérfano huerfanito", "huérfanos huerfanitos", ""),
    ("por", "mulher"): ("mulher", "mulheres", ""),
    ("por", "homem"): ("homem homenzinho", "homens homenzinhos", ""),
    ("por", "irmão"): ("irmão", "irmãos", ""),
    ("por", "rapariga"): ("rapariga rapariguinha", "raparigas rapariguinhas", ""),
    ("por", "bebê"): ("bebê bebezinho", "bebês bebezinhos", ""),
    ("por", "moça"): ("moça mocinha", "moças mocinhas", ""),
    ("cat", "home"): ("home", "homes hòmens", ""),
    ("cat", "noia"): ("noia noieta", "noies noietes", ""),
    ("cat", "germà"): ("germà", "germans", ""),
    ("cat", "espòs"): ("espòs", "esposos", ""),
    ("cat", "xica"): ("xica", "xiques", ""),
    ("cat", "al·lot"): ("al·lot aŀlot", "al·lots aŀlots", ""),
    ("ron", "femeie"): ("femeie femeia femeii", "femei femeile femeilor", ""),
    ("ron", "fată"): ("fată fata fetei fato", "fete fetele fetelor", ""),
    ("ron", "bărbat"): (
        "bărbat bărbatul bărbatului bărbate",
        "bărbați bărbaţi bărbații bărbaţii bărbaților bărbaţilor",
        "",
    ),
    ("ron", "frate"): (
        "frate fratele fratelui",
        "frați fraţi frații fraţii fraților fraţilor",
        "",
    ),
    ("ron", "tată"): (
        "tată tatăl tatălui tata tatei",
        "tați taţi tații taţii taților taţilor",
        "",
    ),
    ("ron", "copil"): ("copil copilul copilului copile", "copii copiii copiilor", ""),
    ("ron", "om"): ("om omul omului omule", "oameni oamenii oamenilor", ""),
    ("ron", "ins"): ("ins insul insului", "inși inşi inșii inşii inșilor inşilor", ""),
    ("ron", "flăcău"): (
        "flăcău flăcăul flăcăului flăcăule",
        "flăcăi flăcăii flăcăilor",
        "",
    ),
    ("ron", "muiere"): ("muiere muierea muierii", "muieri muierile muierilor", ""),
    ("ron", "damă"): ("damă dama damei", "dame damele damelor", ""),
    ("ita", "figliola"): ("figliola", "figliole", ""),
    ("por", "neném"): ("neném", "nenéns", ""),
    ("ron", "fiu"): ("fiu fiul fiului fiule", "fiii fiilor", ""),
    ("ron", "soție"): (
        "soție soţie soția soţia soției soţiei",
        "soțiile soţiile soțiilor soţiilor",
        "",
    ),
    ("ron", "mamă vitregă"): (
        "mamă vitregă|mama vitregă|mamei vitrege",
        "mame vitrege|mamele vitrege|mamelor vitrege",
        "",
    ),
}

RULES = {
    ("fra", "soeurs"): "plural -s, œ written oe",
    ("fra", "grands-parents"): "plural -s, -s",
    ("fra", "une personne"): "determiner une + lemma",
    ("ita", "mogli"): "plural -i",
    ("spa", "hijitas"): "diminutive -ita + plural -s",
    ("por", "os caras"): "determiner os + plural -s",
    ("cat", "germans"): "plural -ans",
    ("ron", "fraţilor"): ("plural -ți + article, genitive-dative -lor, spelt with the cedilla"),
    ("ron", "femeii"): "article, genitive-dative -i on the plural stem",
}

NOT_FORMS = {
    "fra": ("personne", "type", "filss", "jumelles"),
    "ita": ("principi", "generi", "signore e", "uomi", "bri", "papa"),
    "spa": ("papa", "señorite", "mujers", "cría"),
    "por": ("cara", "miúdo", "irmões", "mae", "mulherzinha"),
    "cat": ("papa", "neta", "paret", "germàs", "homens"),
    "ron": ("fii", "doamne", "puști", "copilii", "tatul", "bunicilorii"),
}

# text: feminine, masculine, unspecified of the core concepts
COUNTS = {
    "fra": {
        "Personne ne vient, il ne voit personne": (0, 0, 0),
        "Une personne ne suffit pas, trois personnes par personne": (0, 0, 3),
        "La femme d’affaires et l’homme politique": (1, 1, 0),
        "Déclaration des droits de l'homme, carte mère, sage-femme, Notre-Dame": (0, 1, 0),
        "Sa petite-fille et son petit-fils, la petite fille et le petit fils": (1, 1, 0),
        "ses grands-parents, ses époux": (0, 1, 2),
    },
    "ita": {
        "L'uomo e l'uomo d'affari": (0, 2, 0),
        "Mamma mia! Babbo Natale è reduce da Roma": (0, 0, 0),
        "I figli e i genitori della signora, il signore": (1, 1, 2),
    },
    "spa": {
        "Los padres de los niños": (0, 2, 2),
        "células madre, hombres de negocios y el fenómeno de El Niño": (0, 1, 0),
        "La abuelita y su hermanito": (1, 1, 0),
    },
    "por": {
        "A gente viu o cara com uma cara triste": (0, 1, 0),
        "Os pais e os avós dos miúdos": (1, 1, 3),
        "A obra-prima de Fernando Pessoa": (0, 0, 0),
    },
    "cat": {
        "La dona es dona compte de tot, i això dona una idea": (1, 0, 0),
        "Una dona una mica trista; dona'm la mà": (1, 0, 0),
        "L'home i els seus germans": (0, 2, 1),
        "el meu papa i el papa de Roma": (0, 1, 0),
    },
    "ron": {
        "Femeile și bărbaţii, fiul femeii": (2, 2, 0),
        "Să fiu om de știință, drepturile omului, om de zăpadă": (0, 0, 2),
        "Bunica și bunicii": (1, 1, 1),
    },
}


@pytest.mark.parametrize(("language", "lemma"), FORMS)
def test_forms_of_a_lemma(language: str, lemma: str) -> None:
    split = "|" if " " in lemma else " "
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
    assert len(texts) < 1_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_homographs_in_text(language: str) -> None:
    texts = list(COUNTS[language])
    counts = {text: [0, 0, 0] for text in texts}
    for match in find(gender.bundled(language), texts):
        for place, counted in enumerate(match.classes):
            counts[texts[match.line]][place] += counted
    assert {text: tuple(row) for text, row in counts.items()} == COUNTS[language]


@pytest.mark.parametrize(
    ("language", "keys"),
    [
        ("fra", {"class": "both"}),
        ("por", {"determined": "neuter"}),
        ("ron", {"gender": "neuter"}),
        ("ron", {"class": "fourth"}),
        ("ron", {"tail": "de afaceri"}),
    ],
)
def test_unknown_values_are_refused(language: str, keys: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"unknown|tail"):
        list(paradigm(language).inflect(Word("om", keys)))
