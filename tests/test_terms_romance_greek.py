"""Pronouns, adjectives and demographic terms of the Romance languages and Greek, worked out by
hand."""

from __future__ import annotations

import numpy as np
import pytest
from document_batches import batch, document

from corpus_assay.lexicons import paradigms, terms
from corpus_assay.lexicons.files import FormList
from corpus_assay.lexicons.languages import languages
from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Value, Word
from corpus_assay.transforms import kernels
from corpus_assay.transforms.matching import Matcher
from corpus_assay.transforms.tokens import tokenise

LANGUAGES = ("fra", "ita", "spa", "por", "cat", "ron", "ell")


def found(words: FormList, language: str, text: str) -> list[str]:
    """What counts in a text, in order: the concepts of each match, joined with a blank."""
    texts = [form.text for form in words.forms] + list(words.block)
    cases = [
        kernels.CAPITALISED
        if text in words.capitalised
        else kernels.LOWERCASE
        if text in words.lowercase
        else 0
        for text in texts
    ]
    matcher = Matcher({language: texts}, {language: np.array(cases, np.uint8)})
    meaning: dict[int, set[str]] = {}
    for form, entry in zip(words.forms, matcher.canonical, strict=False):
        meaning.setdefault(int(entry), set()).add(form.concept)
    matches = matcher.match(tokenise(batch([document(text, language)])))
    return [" ".join(sorted(meaning[e])) for e in matches.entries.tolist() if e in meaning]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_have_no_faults(language: str) -> None:
    script = languages()[language].script
    assert list(terms.pronoun_faults(terms.pronouns(language), script)) == []
    assert list(terms.demographic_faults(terms.demographics(language), script)) == []
    assert terms.pronouns(language).comparable == (language == "fra")


# language, kind: some forms, and some that must not be there
PRONOUNS = {
    ("fra", "first"): ("je me moi nous mon ma mes notre nos", "on m ai"),
    ("fra", "second"): ("tu te toi vous ton ta tes votre vos", "t tiens"),
    ("fra", "masculine"): ("il ils lui eux", "le les son on"),
    ("fra", "feminine"): ("elle elles", "la sa ils"),
    ("fra", "unspecified"): ("leur leurs iel iels", "se ses lui"),
    ("ita", "first"): ("io me mi noi mio mia miei mie nostro", "ci si"),
    ("ita", "second"): ("tu te ti voi vi tuo tua vostre", "lei ne"),
    ("ita", "feminine"): ("lei ella essa esse", "la le sua"),
    ("ita", "masculine"): ("lui egli esso essi", "lo gli il suo"),
    ("ita", "unspecified"): ("loro glielo", "suo"),
    ("spa", "first"): ("yo mí me conmigo nosotros nosotras mi mis", "se"),
    ("spa", "second"): ("tú ti te vos vosotros usted ustedes tu vuestra", "su"),
    ("spa", "feminine"): ("ella ellas", "la las"),
    ("spa", "masculine"): ("él ellos", "el lo los ello"),
    ("por", "first"): ("eu mim me comigo nós a|gente minha", "nos"),
    ("por", "second"): ("tu te você vocês vosso teus", "seu"),
    ("por", "feminine"): ("ela elas dela delas nela", "a as"),
    ("por", "masculine"): ("ele eles dele deles neles", "o os lo"),
    ("cat", "first"): ("jo em ens nosaltres meva meus m'agrada", "m mon"),
    ("cat", "second"): ("tu et us vosaltres vostè teva", "ta"),
    ("cat", "feminine"): ("ella elles", "la les"),
    ("cat", "masculine"): ("ell ells", "el els"),
    ("ron", "first"): ("eu mă îmi noi ne noștri noştri m-am", "nouă m"),
    ("ron", "second"): ("tu te ție ţie voi vă dumneavoastră tale", "v"),
    ("ron", "feminine"): ("ea ei ele dânsa", "o lui"),
    ("ron", "masculine"): ("el ei îl dânsul l-a", "lui l ea"),
    ("ron", "unspecified"): ("lor le îi i-a", "i său"),
    ("ell", "first"): ("εγώ ΕΓΩ εμένα μου εμείς μας", "με"),
    ("ell", "second"): ("εσύ εσένα σου εσείς σας", "σε"),
    ("ell", "feminine"): ("αυτή αυτής ΑΥΤΗΣ αυτές δική|της", "της την αυτό"),
    ("ell", "masculine"): ("αυτός αυτόν αυτοί αυτούς δικό|του", "του τον ο"),
}


@pytest.mark.parametrize(("language", "kind"), PRONOUNS)
def test_pronouns_by_kind(language: str, kind: str) -> None:
    present, absent = PRONOUNS[language, kind]
    texts = {form.text for form in terms.pronouns(language).forms if form.concept == kind}
    assert {form.replace("|", " ") for form in present.split()} <= texts
    assert texts.isdisjoint(absent.split())


NEOPRONOUNS = {"spa": "elle elles", "por": "elu elus delu delus nelu nelus", "cat": "elli ellis"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_neopronouns(language: str) -> None:
    forms = terms.pronouns(language).forms
    neopronouns = [form.text for form in forms if form.concept.startswith(terms.NEOPRONOUN)]
    assert neopronouns == NEOPRONOUNS.get(language, "").split()


PRONOUN_TEXTS = {
    ("fra", "Il y a une règle, il faut la voir"): [],
    ("fra", "J'ai vu J. Martin, et j'y pense"): ["first", "first"],
    ("fra", "S'il vous plaît, M. Dupont, lui et elle-même"): ["masculine", "feminine"],
    ("ita", "Capitolo VI: vi ho visto"): ["second"],
    ("spa", "Él y el perro; el OS os gusta"): ["masculine", "second"],
    ("por", "Toda a gente viu; a gente viu-lhe"): ["first", "unspecified"],
    ("cat", "M'agrada; li diu a Li"): ["first", "unspecified"],
    ("ron", "O mie de cazuri noi; noi i-am spus"): ["first", "unspecified"],
    ("ell", "Αυτός ο άνθρωπος και αυτός"): ["masculine"],
}


@pytest.mark.parametrize(("language", "text"), PRONOUN_TEXTS)
def test_pronouns_in_running_text(language: str, text: str) -> None:
    assert found(terms.pronouns(language), language, text) == PRONOUN_TEXTS[language, text]


# language, lemma, keys: singular forms; plural forms; forms for both numbers
ADJECTIVES: list[tuple[str, str, dict[str, Value], str, str, str]] = [
    ("fra", "français", {}, "française", "françaises", "français"),
    ("fra", "chilien", {}, "chilien chilienne", "chiliens chiliennes", ""),
    ("fra", "libéral", {}, "libéral libérale", "libéraux libérales", ""),
    ("fra", "juif", {}, "juif juive", "juifs juives", ""),
    ("fra", "jeune", {}, "jeune", "jeunes", ""),
    ("fra", "grec", {"feminine": "grecque"}, "grec grecque", "grecs grecques", ""),
    ("fra", "sourd-muet", {"class": "all"}, "sourd-muet sourde-muette",
     "sourds-muets sourdes-muettes", ""),
    ("ita", "cattolico", {}, "cattolico cattolica", "cattolici cattoliche", ""),
    ("ita", "tedesco", {}, "tedesco tedesca", "tedeschi tedesche", ""),
    ("ita", "comunista", {}, "comunista", "comunisti comuniste", ""),
    ("ita", "francese", {}, "francese", "francesi", ""),
    ("ita", "vecchio", {}, "vecchio vecchia", "vecchi vecchie", ""),
    ("ita", "belga", {"plural": "belgi"}, "belga", "belgi belghe", ""),
    ("spa", "alemán", {}, "alemán alemana", "alemanes alemanas", ""),
    ("spa", "español", {}, "español española", "españoles españolas", ""),
    ("spa", "israelí", {}, "israelí", "israelíes israelís", ""),
    ("spa", "joven", {"plural": "jóvenes"}, "joven", "jóvenes", ""),
    ("por", "francês", {}, "francês francesa", "franceses francesas", ""),
    ("por", "cristão", {"plural": "cristãos"}, "cristão cristã", "cristãos cristãs", ""),
    ("por", "europeu", {}, "europeu europeia européia", "europeus europeias européias", ""),
    ("por", "jovem", {}, "jovem", "jovens", ""),
    ("cat", "francès", {}, "francès francesa", "francesos franceses", ""),
    ("cat", "italià", {}, "italià italiana", "italians italianes", ""),
    ("cat", "blanc", {}, "blanc blanca", "blancs blanques", ""),
    ("cat", "refugiat", {}, "refugiat refugiada", "refugiats refugiades", ""),
    ("cat", "protestant", {}, "protestant", "protestants", ""),
    ("cat", "rus", {"feminine": "russa", "plural": "russos"}, "rus russa", "russos russes", ""),
    ("ron", "italian", {},
     "italian italianul italianului italiană italiana italienei",
     "italieni italienii italienilor italiene italienele italienelor", ""),
    ("ron", "conservator", {},
     "conservator conservatorul conservatorului conservatoare conservatoarea conservatoarei",
     "conservatori conservatorii conservatorilor conservatoarele conservatoarelor", ""),
    ("ron", "turcesc", {},
     "turcesc turcescul turcescului turcească turceasca",
     "turcești turceşti turceștii turceştii turceștilor turceştilor turceștile turceştile", ""),
    ("ron", "negru", {"feminine": "neagră", "feminine_plural": "negre"},
     "negru negrul negrului neagră neagra negrei",
     "negri negrii negrilor negre negrele negrelor", ""),
    ("ell", "γαλλικός", {},
     "γαλλικός γαλλικού γαλλικό γαλλικέ γαλλική γαλλικής "
     "ΓΑΛΛΙΚΟΣ ΓΑΛΛΙΚΟΥ ΓΑΛΛΙΚΟ ΓΑΛΛΙΚΕ ΓΑΛΛΙΚΗ ΓΑΛΛΙΚΗΣ",
     "γαλλικοί γαλλικών γαλλικούς γαλλικές γαλλικά "
     "ΓΑΛΛΙΚΟΙ ΓΑΛΛΙΚΩΝ ΓΑΛΛΙΚΟΥΣ ΓΑΛΛΙΚΕΣ ΓΑΛΛΙΚΑ", ""),
    ("ell", "διεθνής", {},
     "διεθνής διεθνούς διεθνή διεθνές ΔΙΕΘΝΗΣ ΔΙΕΘΝΟΥΣ ΔΙΕΘΝΗ ΔΙΕΘΝΕΣ",
     "διεθνείς διεθνών ΔΙΕΘΝΕΙΣ ΔΙΕΘΝΩΝ", ""),
    ("ell", "ψυχικά ασθενής", {},
     "ψυχικά ασθενής|ψυχικά ασθενούς|ψυχικά ασθενή|ψυχικά ασθενές|"
     "ΨΥΧΙΚΑ ΑΣΘΕΝΗΣ|ΨΥΧΙΚΑ ΑΣΘΕΝΟΥΣ|ΨΥΧΙΚΑ ΑΣΘΕΝΗ|ΨΥΧΙΚΑ ΑΣΘΕΝΕΣ",
     "ψυχικά ασθενείς|ψυχικά ασθενών|ΨΥΧΙΚΑ ΑΣΘΕΝΕΙΣ|ΨΥΧΙΚΑ ΑΣΘΕΝΩΝ", ""),
    ("ell", "παχύς", {},
     "παχύς παχύ παχιά παχιάς ΠΑΧΥΣ ΠΑΧΥ ΠΑΧΙΑ ΠΑΧΙΑΣ",
     "παχιοί παχιών παχιούς παχιές ΠΑΧΙΟΙ ΠΑΧΙΩΝ ΠΑΧΙΟΥΣ ΠΑΧΙΕΣ", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "lemma", "keys", "singular", "plural", "both"),
    ADJECTIVES,
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_adjectives_worked_out_by_hand(
    language: str, lemma: str, keys: dict[str, Value], singular: str, plural: str, both: str
) -> None:
    made = list(paradigms.adjectives(language).inflect(Word(lemma, keys)))
    split = "|" if " " in lemma else None
    for number, expected in ((SINGULAR, singular), (PLURAL, plural), (FORMS, both)):
        assert {form.text for form in made if form.number == number} == set(
            expected.split(split)
        ) - {""}
    assert made[0].rule == "lemma"
    assert all(form.rule for form in made)


RULES = {
    ("fra", "chilien", "chiliennes"): "feminine -ienne + plural -s",
    ("ita", "comunista", "comuniste"): "feminine without an ending + plural -e",
    ("por", "europeu", "européia"): "feminine -eia, spelt as before 2009",
    ("ron", "rus", "ruşii"): "plural -și + article -i, spelt with the cedilla",
    ("ell", "πλούσιος", "πλούσιοί"): (
        "masculine nominative plural -οι, with a second accent before an enclitic"
    ),
    ("ell", "άνεργος", "ΑΝΕΡΓΗ"): "feminine nominative singular -η, in capitals",
}


@pytest.mark.parametrize(("language", "lemma", "text"), RULES)
def test_rules_of_adjectives(language: str, lemma: str, text: str) -> None:
    made = paradigms.adjectives(language).inflect(Word(lemma))
    assert {form.text: form.rule for form in made}[text] == RULES[language, lemma, text]


@pytest.mark.parametrize("language", ["fra", "ron", "ell"])
def test_an_unknown_class_is_refused(language: str) -> None:
    with pytest.raises(ValueError, match="class"):
        list(paradigms.adjectives(language).inflect(Word("bon", {"class": "none"})))


# language: descriptor -> some of its forms
DESCRIPTORS = {
    "fra": {
        "french": "françaises français", "roma": "tziganes", "homeless": "SDF sans-abri",
        "jewish": "juives", "nonbinary": "non-binaires", "old": "vieil vieilles",
        "asylum_seeker": "demandeurs|d'asile", "algerian": "algérienne",
    },
    "ita": {
        "german": "tedesche", "muslim": "musulmani", "refugee": "profughi", "albanian": "albanesi",
        "left_wing": "di|sinistra", "lesbian": "lesbiche", "roma": "rom", "catholic": "cattolici",
    },
    "spa": {
        "american": "estadounidense norteamericanas", "israeli": "israelíes", "young": "jóvenes",
        "jewish": "judías", "south_korean": "surcoreanas", "mapuche": "mapuches", "poor": "pobres",
    },
    "por": {
        "german": "alemães alemãs", "afghan": "afegãs", "retired": "aposentadas reformados",
        "jewish": "judias", "brazilian": "brasileiras", "angolan": "angolanos", "blind": "cegas",
    },
    "cat": {
        "chinese": "xineses xinesos", "blind": "cegues", "greek": "gregues", "catalan": "catalanes",
        "jewish": "jueves", "refugee": "refugiades", "elderly": "gent|gran",
    },
    "ron": {
        "american": "americancă americanelor", "european": "europeni", "jewish": "evreilor evreică",
        "russian": "ruşii rusoaicele", "hungarian": "maghiarilor", "young": "tinerele tineri",
        "romanian": "românești româncele",
    },
    "ell": {
        "french": "Γαλλίδων γαλλικής ΓΑΛΛΙΚΑ", "unemployed": "ανέργων άνεργη",
        "refugee": "προσφύγων", "communist": "κομμουνιστών κομμουνιστικό",
        "egyptian": "Αιγυπτίους", "atheist": "άθεη", "cypriot": "Κυπρίων κυπριακή",
        "indigenous": "ιθαγενείς",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_of_descriptors(language: str) -> None:
    having: dict[str, set[str]] = {}
    for form in terms.demographics(language).forms:
        having.setdefault(form.text, set()).add(form.concept)
    for concept, forms in DESCRIPTORS[language].items():
        for form in forms.split():
            assert having[form.replace("|", " ")] == {concept}
    assert len(set(terms.core_descriptors()) & set().union(*having.values())) >= 100


TEXTS = {
    ("fra", "La Maison Blanche et l'océan Indien, un vin blanc âgé de dix ans"): [],
    ("fra", "Les Suisses de Suisse, aux Philippines"): ["swiss"],
    ("fra", "Deux Sud-Coréens et une femme noire"): ["south_korean", "black"],
    ("ita", "La Casa Bianca, il Mar Nero, un film muto"): [],
    ("ita", "In Svizzera e in Ucraina una donna svizzera"): ["swiss"],
    ("spa", "La Casa Blanca, la India y la China, una oveja negra"): [],
    ("spa", "Una mujer china en Costa Rica"): ["chinese"],
    ("por", "A Casa Branca muda a lista negra"): [],
    ("por", "Uma mulher indonésia na Indonésia"): ["indonesian"],
    ("cat", "La Casa Blanca, el mercat negre, a Alemanya"): [],
    ("cat", "La gent gran alemanya"): ["elderly", "german"],
    ("ron", "Casa Albă, Marea Neagră, în vârstă de zece ani, se mută"): [],
    ("ron", "Persoane în vârstă și creştinii ortodocși"): ["elderly", "christian", "orthodox"],
    ("ell", "Ο Λευκός Οίκος στη Μαύρη Θάλασσα και η Σαουδική Αραβία"): [],
    ("ell", "Οι Έλληνες και οι Τούρκοι, η μουσουλμάνα"): ["greek", "turkish", "muslim"],
}


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_descriptors_in_running_text(language: str, text: str) -> None:
    assert found(terms.demographics(language), language, text) == TEXTS[language, text]
