"""Inflection of Czech, Slovak, Polish, Slovenian and Greek person nouns.

Expected forms are worked out by hand from the grammars, not copied from what the rules make.
"""

from __future__ import annotations

import pytest
from document_batches import batch, document, options, rows, tables

from corpus_assay.lexicons import gender, paradigms
from corpus_assay.lexicons.languages import languages
from corpus_assay.lexicons.paradigms import Word
from corpus_assay.transforms.documents import ANY

LANGUAGES = ("ces", "slk", "pol", "slv", "ell")

# Language, concept, lemma: all forms of the singular only, of both numbers, of the plural (and the
# dual) only.
PARADIGMS = [
    ("ces", "woman", "žena", "žena ženě ženu ženo ženou", "ženy", "žen ženám ženách ženami ženama"),
    ("ces", "sister", "sestra", "sestra sestře sestru sestro sestrou", "sestry",
     "sester sestrám sestrách sestrami sestrama"),
    ("ces", "father", "otec", "otec otcovi otče otcem", "otce otci",
     "otcové otců otcům otcích otcema"),
    ("ces", "boy", "kluk", "kluk kluka klukovi kluku klukem", "",
     "kluci klukové kluků klukům kluky klucích klukama"),
    ("ces", "brother", "bratr", "bratr bratra bratrovi bratru bratře bratrem", "",
     "bratři bratrové bratrů bratrům bratry bratrech bratrama"),
    ("ces", "dad", "táta", "táta tátovi tátu táto tátou", "táty",
     "tátové tátů tátům tátech tátama"),
    ("ces", "person", "člověk", "člověk člověka člověkovi člověku člověče člověkem", "",
     "lidé lidi lidí lidem lidech lidmi lidma"),
    ("ces", "child", "dítě", "dítě dítěte dítěti dítětem", "",
     "děti dětí dětem dětech dětmi dětma"),
    ("ces", "adult", "dospělý", "dospělý dospělého dospělému dospělém", "dospělým",
     "dospělí dospělých dospělé dospělými"),
    ("slk", "woman", "žena", "žena žene ženu ženou", "ženy", "žien ženám ženách ženami"),
    ("slk", "daughter", "dcéra", "dcéra dcére dcéru dcérou", "dcéry",
     "dcér dcéram dcérach dcérami"),
    ("slk", "guy", "chlapík", "chlapík chlapíka chlapíkovi", "chlapíkom",
     "chlapíci chlapíkov chlapíkoch chlapíkmi"),
    ("slk", "father", "otec", "otec otca otcovi otče", "otcom", "otcovia otcov otcoch otcami"),
    ("slk", "girl", "dievča", "dievča dievčaťa dievčaťu dievčati dievčaťom", "",
     "dievčatá dievčence dievčat dievčeniec dievčatám dievčencom dievčatách dievčencoch "
     "dievčatami dievčencami"),
    ("slk", "person", "človek", "človek človeka človekovi človeku človeče človekom", "",
     "ľudia ľudí ľuďom ľuďoch ľuďmi"),
    ("slk", "child", "dieťa", "dieťa dieťaťa dieťaťu dieťati dieťaťom", "",
     "deti detí deťom deťoch deťmi"),
    ("slk", "cousin_feminine", "sesternica", "sesternica sesternici sesternicu sesternicou",
     "sesternice", "sesterníc sesterniciam sesterniciach sesternicami"),
    ("pol", "woman", "kobieta", "kobieta kobiecie kobietę kobieto kobietą", "kobiety",
     "kobiet kobietom kobietach kobietami"),
    ("pol", "sister", "siostra", "siostra siostrze siostrę siostro siostrą", "siostry",
     "sióstr siostrom siostrach siostrami"),
    ("pol", "grandmother", "babcia", "babcia babci babcię babciu babcią", "",
     "babcie babć babciom babciach babciami"),
    ("pol", "man", "mężczyzna", "mężczyzna mężczyzny mężczyźnie mężczyznę mężczyzno mężczyzną", "",
     "mężczyźni mężczyzn mężczyznom mężczyznach mężczyznami"),
    ("pol", "guy", "facet", "facet faceta facetowi facecie facetem", "",
     "faceci facetów facetom facetach facetami"),
    ("pol", "father", "ojciec", "ojciec ojca ojcu ojcem ojcze", "",
     "ojcowie ojców ojcom ojcach ojcami"),
    ("pol", "brother", "brat", "brat brata bratu bratem bracie", "",
     "bracia braci braciom braciach braćmi"),
    ("pol", "person", "człowiek", "człowiek człowieka człowiekowi człowiekiem człowieku człowiecze",
     "", "ludzie ludzi ludziom ludziach ludźmi"),
    ("pol", "child", "dziecko", "dziecko dziecka dziecku dzieckiem", "",
     "dzieci dzieciom dzieciach dziećmi"),
    ("pol", "prince", "książę", "książę księcia księciu księciem", "",
     "książęta książąt książętom książętach książętami"),
    ("pol", "person", "człek", "człek człeka człekowi człeku człecze człekiem", "", ""),
    ("pol", "boy", "młodzieniec",
     "młodzieniec młodzieńca młodzieńcowi młodzieńcu młodzieńcze młodzieńcem", "",
     "młodzieńcy młodzieńców młodzieńcom młodzieńcach młodzieńcami"),
    ("pol", "grandmother", "babka", "babka babce babkę babko babką", "babki",
     "babek babkom babkach babkami"),
    ("pol", "child", "dziecię", "dziecię dziecięcia dziecięciu dziecięciem", "", ""),
    ("pol", "kid", "szkrab", "szkrab szkraba szkrabowi szkrabie szkrabem", "",
     "szkraby szkrabów szkrabom szkrabach szkrabami"),
    ("slk", "boy", "mládenec", "mládenec mládenca mládencovi mládenče", "mládencom",
     "mládenci mládencov mládencoch mládencami"),
    ("slv", "boy", "mladenič", "mladenič mladeniču", "mladeniča mladeničem",
     "mladeniči mladeničev mladeniče mladeničih mladeničema"),
    ("ell", "child", "τέκνο", "τέκνο τέκνου", "", "τέκνα τέκνων"),
    ("ell", "girl", "κοπέλα", "κοπέλα κοπέλας", "", "κοπέλες κοπέλων κοπελών"),
    ("ell", "boy", "πιτσιρικάς", "πιτσιρικάς πιτσιρικά", "", "πιτσιρικάδες πιτσιρικάδων"),
    ("slv", "husband", "mož", "možu", "mož moža možem", "možje može možeh možmi možema"),
    ("slv", "wife", "žena", "žena ženo", "žene ženi", "žen ženam ženah ženami ženama"),
    ("slv", "child", "otrok", "otroku", "otrok otroka otrokom",
     "otroci otroke otrocih otroki otrokoma"),
    ("slv", "person", "človek", "človek človeku človekom", "človeka",
     "ljudje ljudi ljudem ljudeh ljudmi človekov človekoma človekih"),
    ("slv", "mother", "mati", "mati materjo", "matere materi mater",
     "materam materah materami materama"),
    ("slv", "girl", "dekle", "dekle dekletu", "dekleta dekletom",
     "dekleti deklet dekletih dekletoma"),
    ("ell", "woman", "γυναίκα", "γυναίκα γυναίκας γυναικός", "", "γυναίκες γυναικών"),
    ("ell", "mother", "μητέρα", "μητέρα μητέρας μητρός", "", "μητέρες μητέρων"),
    ("ell", "person", "άνθρωπος",
     "άνθρωπος άνθρωπός ανθρώπου άνθρωπο άνθρωπό άνθρωπε άνθρωπέ", "",
     "άνθρωποι άνθρωποί ανθρώπων ανθρώπους"),
    ("ell", "brother", "αδελφός", "αδελφός αδελφού αδελφό αδελφέ", "",
     "αδελφοί αδελφών αδελφούς"),
    ("ell", "parent", "γονέας", "γονέας γονέα", "", "γονείς γονέων"),
    ("ell", "grandfather", "παππούς", "παππούς παππού", "", "παππούδες παππούδων"),
    ("ell", "child", "παιδί", "παιδί παιδιού", "", "παιδιά παιδιών"),
    ("ell", "individual", "άτομο", "άτομο άτομό ατόμου", "", "άτομα άτομά ατόμων"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "concept", "lemma", "singular", "both", "plural"), PARADIGMS)
def test_paradigms_worked_out_by_hand(
    language: str, concept: str, lemma: str, singular: str, both: str, plural: str
) -> None:
    expected = {
        form: number
        for number, forms in zip(gender.NUMBERS, (singular, plural, both), strict=True)
        for form in forms.split()
    }
    made = {
        form.text: form.number
        for form in gender.bundled(language).forms
        if (form.concept, form.lemma) == (concept, lemma) and not form.text.isupper()
    }
    assert made == expected


# Two words agree: lemma, keys, and forms with a + between.
PHRASES = [
    ("ces", "starší paní", {"adjective": "jarní f"}, "starší paní+starších paní+staršími paními"),
    ("slk", "stará mama", {"adjective": "pekná", "bare": "mám"},
     "stará mama+starej mamy+starou mamou+starých mám+starými mamami"),
    ("pol", "pierwsza dama", {"adjective": "stara"}, "pierwszej damy+pierwszą damę+pierwsze damy"),
    ("slv", "stari starš", {"adjective": "stari"},
     "stari starš+starega starša+stara starša+starima staršema+stari starši+starimi starši"),
    ("ell", "πρώτη κυρία", {"adjective": "αδύνατη"}, "πρώτη κυρία+πρώτης κυρίας+ΠΡΩΤΗ ΚΥΡΙΑ"),
    ("ell", "σύζυγος", {"class": "άνθρωπος", "article": "feminine"},
     "η σύζυγος+της συζύγου+τη σύζυγό+στην πρώην σύζυγό+Η ΣΥΖΥΓΟΣ"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "lemma", "keys", "forms"), PHRASES)
def test_two_words_agree(
    language: str, lemma: str, keys: dict[str, paradigms.Value], forms: str
) -> None:
    made = {form.text for form in paradigms.paradigm(language).inflect(Word(lemma, keys))}
    assert set(forms.split("+")) - made == set()


WRONG = [
    ("ces", "otecem matkě kluki bratrě člověkové dítěta chlapecem sestr dcerě muža lidů"),
    ("slk", "ludia dámách dcérám otecom chlapíki dieťatá otcmi chlapčka dcérách"),
    ("pol", "kobietie człowiki siostrie ojcieca babcii facety bratowie mężczyzni damy mam"),
    ("slv", "očeje sinovov ljudov brati zakoncom matera non om dam"),
    ("ell", "άνθρωπου ανθρωπος γυναίκων μητερών πάτερα αγόριού κοριτσάκιού ΓΥΝΑΊΚΑ κύριο"),
]


@pytest.mark.parametrize(("language", "wrong"), WRONG)
def test_forms_that_do_not_exist_or_are_left_out(language: str, wrong: str) -> None:
    made = {form.text for form in gender.bundled(language).forms}
    assert made & set(wrong.split()) == set()


def test_slovak_endings_shorten_after_a_long_syllable() -> None:
    made = {form.text for form in gender.bundled("slk").forms}
    assert {"dámam", "dámach", "dcéram", "dcérach", "ženám", "babičkám", "dievkam"} <= made


@pytest.mark.parametrize(
    ("language", "text", "rule"),
    [
        ("ces", "matce", "dative singular -e (matk > matc) or locative singular -e (matk > matc)"),
        ("slk", "otcoch", "locative plural -och"),
        ("pol", "siostrze", "dative singular -e (siostr > siostrz) or locative singular -e "
         "(siostr > siostrz)"),
        ("slv", "otrocih", "locative dual -ih (otrok > otroc) or locative plural -ih "
         "(otrok > otroc)"),
        ("ell", "ατόμου", "genitive singular -ου (άτομ > ατόμ)"),
        ("ell", "άτομό", "lemma, with a second accent before an enclitic or accusative singular "
         "-ο, with a second accent before an enclitic or vocative singular -ο, with a second "
         "accent before an enclitic"),
    ],
)  # fmt: skip
def test_rules_name_the_steps(language: str, text: str, rule: str) -> None:
    rules = {form.rule for form in gender.bundled(language).forms if form.text == text}
    assert rules == {rule}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_has_a_rule_and_the_lexicon_no_fault(language: str) -> None:
    lexicon = gender.bundled(language)
    assert list(gender.faults(lexicon, languages()[language].script)) == []
    assert [form for form in lexicon.forms if form.lemma and not form.rule] == []


def counts(language: str, text: str) -> tuple[object, ...]:
    """Matches of each class."""
    found = rows(tables([batch([document(text, language)])], options())["gender"], role=ANY)
    by_class = {row["gender"]: row["matches"] for row in found}
    return tuple(by_class[name] for name in gender.GENDERS)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ces", "Nemám čas, ale mám ženu a tři děti.", (1, 0, 1)),
        ("ces", "Děda Mráz potkal starší paní a jejího dědu.", (1, 1, 0)),
        ("ces", "Jean-Claude van Dam a deset dam", (1, 0, 0)),
        ("ces", "Nevlastní dcera paní Novákové", (0, 0, 0)),
        ("slk", "Mám brata a dám mu knihu; pani Nová má dve deti.", (0, 1, 1)),
        ("slk", "Dedo Mráz a starí rodičia", (0, 0, 1)),
        ("pol", "Mamy psa i mam kota, a pani dam książkę.", (0, 0, 0)),
        ("pol", "Panie i panowie: pierwsza dama i mąż stanu u mojej mamy!", (3, 1, 0)),
        ("pol", "Dziadek do orzechów to balet; dziadek śpi.", (0, 1, 0)),
        ("slv", "Fanta je pijača, fanta pa ni doma; moški spol.", (0, 1, 0)),
        ("slv", "Gospa Novak ima dva otroka in bere brati.", (0, 0, 1)),
        ("ell", "Η σύζυγός του και ο πρώην σύζυγός της· οι σύζυγοι", (1, 1, 1)),
        ("ell", "Η ΓΥΝΑΙΚΑ, ο κύριος Γιε και ο γιος τους", (1, 1, 0)),
    ],
)
def test_homographs_titles_and_blocked_words(
    language: str, text: str, expected: tuple[int, int, int]
) -> None:
    assert counts(language, text) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_class_is_an_error(language: str) -> None:
    with pytest.raises(ValueError, match="no class"):
        list(paradigms.paradigm(language).inflect(Word("x", {"class": "none"})))
