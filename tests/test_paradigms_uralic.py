"""The paradigms of Hungarian, Finnish and Estonian, against forms worked out by hand."""

from __future__ import annotations

from functools import cache

import pytest
from document_batches import batch, document

from corpus_assay.lexicons import gender
from corpus_assay.lexicons.gender import Form
from corpus_assay.lexicons.languages import languages
from corpus_assay.lexicons.paradigms import Word, paradigm
from corpus_assay.transforms.compiled import compile_lexicon
from corpus_assay.transforms.gender import GenderMatcher, compile_lexicons
from corpus_assay.transforms.tokens import tokenise

LANGUAGES = ("hun", "fin", "est")


@cache
def matcher(language: str) -> GenderMatcher:
    """The core concepts of a language, ready to match."""
    return compile_lexicons({language: compile_lexicon(gender.bundled(language))})


@cache
def forms_of(language: str, lemma: str) -> dict[str, Form]:
    """The forms of a lemma in the bundled lexicon by text."""
    return {form.text: form for form in gender.bundled(language).forms if form.lemma == lemma}


# Language, lemma; forms that the grammar gives, by number; words that are not forms of it.
PARADIGMS = [
    (
        "hun",
        "anya",
        """anya anyát anyának anyával anyáért anyává anyáig anyaként anyában anyán anyánál anyába
        anyára anyához anyából anyáról anyától anyám anyámat anyámmal anyád anyja anyját anyjának
        anyjával anyjaként anyánk anyánkkal anyátok anyátokat anyjuk anyjukat anyámé anyámét
        anyáé""",
        "anyák anyákat anyákkal anyáim anyáid anyái anyáink anyáitok anyáik anyámék anyáméknál "
        "anyjáékhoz",
        "anyat anyaval anyája anyájuk anyaja anyak",
    ),
    (
        "hun",
        "lány",
        """lány lányt lánynak lánnyal lánnyá lányon lányhoz lányom lányomat lányommal lányod lánya
        lányát lányával lányaként lányunk lányunkkal lányotok lányuk lányukat lányomé""",
        "lányok lányokat lányokkal lányokon lányaim lányaid lányai lányait lányaival lányaink "
        "lányaitok lányaik lányaikat lányomék",
        "lányot lányval lányval lánnyel lányja lányek",
    ),
    (
        "hun",
        "férj",
        """férj férjet férjnek férjjel férjként férjem férjemet férjemmel férjed férje férjét
        férjével férjévé férjünk férjetek férjük férjükhöz""",
        "férjek férjeket férjekkel férjeim férjei férjeik férjemék",
        "férjt férjnak férjhez férjen férja férjhöz férjünkhez",
    ),
    (
        "hun",
        "hölgy",
        "hölgy hölgyet hölggyel hölgyhöz hölgyön hölgyem hölgye hölgyünk hölgyetek",
        "hölgyek hölgyeket hölgyekhez hölgyeim hölgyei",
        "hölgyt hölgyöt hölgyök hölgyvel hölgyhez hölgyömök",
    ),
    (
        "hun",
        "férfi",
        "férfi férfit férfinak férfival férfihoz férfin férfiként férfija",
        "férfiak férfiakat férfiaknak férfiakkal férfiai férfiaink",
        "férfinek férfivel férfik férfihez férfiek",
    ),
    (
        "hun",
        "fiú",
        "fiú fiút fiúval fiúnak fiúhoz fiam fiamat fiad fia fiát fiával fiunk fiatok fiuk fiukat",
        "fiúk fiúkat fiúkkal fiaim fiaid fiai fiait fiaink fiaitok fiaik",
        "fiat fiak fival fiúek fiúvel fiúi",
    ),
    (
        "hun",
        "szülő",
        "szülő szülőt szülővel szülőhöz szülőm szülője szülőnk szülőtök szülőjük",
        "szülők szülőket szüleim szüleid szülei szüleit szüleivel szüleink szüleitek szüleik",
        "szülőtek szülöket szülői szülőnak szülőknak",
    ),
    (
        "hun",
        "öcs",
        "öcsém öcséd öccse öccsét öccsével öcsénk öcsétek öccsük",
        "öcséim öccsei",
        "öcsöm öcse öcsük öcseje",
    ),
    (
        "hun",
        "házastárs",
        "házastárs házastársat házastárssal házastársam házastársa házastársunk házastársatok",
        "házastársak házastársakat házastársai",
        "házastársok házastárst házastársot házastársval",
    ),
    (
        "hun",
        "kölyök",
        "kölyök kölyköt kölyökkel kölyökhöz kölyköm kölyke kölyküket",
        "kölykök kölyköket kölykei",
        "kölyököt kölyökök kölyöke",
    ),
    (
        "fin",
        "tyttö",
        """tyttö tytön tyttöä tyttönä tytössä tytöstä tyttöön tytöllä tytöltä tytölle tytöksi
        tytöttä tyttöään tyttöönsä tytöllään tytölleni tytökseen tyttökin tyttökään tyttökö
        tytöltäkin""",
        """tytöt tyttöjen tyttöjä tyttöinä tytöissä tytöistä tyttöihin tytöillä tytöiltä tytöille
        tytöiksi tytöittä tyttöineen tyttöjensä tytötkään""",
        "tyttön tyttössä tytöä tytöön tyttöt tyttoja tyttöin tytöjä tyttösta",
    ),
    (
        "fin",
        "isä",
        "isä isän isää isään isällä isälle isääni isäänsä isälleen isältäni isäkin",
        "isät isien isiä isiin isillä isineen isiään",
        "isäa isoja isäään isain isälla",
    ),
    (
        "fin",
        "mies",
        "mies miehen miestä mieheen miehenä miehellä mieheksi miestään miehelleen miestänsä",
        "miehet miesten miehien miehiä miehiin miehillä miehineen miehiään",
        "miesen mieset mieksi miehin miesta",
    ),
    (
        "fin",
        "lapsi",
        "lapsi lapsen lasta lapseen lapsena lapsella lastaan lapselleni lapseensa",
        "lapset lasten lapsien lapsia lapsiin lapsilla lapsineen lastensa lapsiaan lastenkin",
        "lapsin lapsea lapsit lapsa",
    ),
    (
        "fin",
        "aviomies",
        "aviomies aviomiehen aviomiestä aviomieheen aviomiehellä aviomiestään",
        "aviomiehet aviomiesten aviomiehiä",
        "aviomiesta aviomiehella",
    ),
    (
        "fin",
        "nainen",
        "nainen naisen naista naiseen naisena naisella naiselle naistaan naisenko",
        "naiset naisten naisien naisia naisiin naisilla naisineen",
        "nainenen naisä naisi naisin nainet",
    ),
    (
        "fin",
        "kuningas",
        "kuningas kuninkaan kuningasta kuninkaaseen kuninkaana kuninkaalla kuninkaalleen",
        "kuninkaat kuninkaiden kuninkaitten kuninkaita kuninkaisiin kuninkailla",
        "kuningaan kuningasen kuninkaaan kuninkaaen kuningat",
    ),
    (
        "fin",
        "mummo",
        "mummo mummon mummoa mummoon mummolla mummolleen",
        "mummot mummojen mummoja mummoihin mummoilla",
        "mummola mummolassa mummoita",
    ),
    (
        "est",
        "naine",
        """naine naise naist naisesse naises naisest naisele naisel naiselt naiseks naiseni
        naisena naiseta naisega naistki naisegi""",
        """naised naiste naisi naistesse naistes naistest naistele naistel naistelt naisteks
        naisteni naistena naisteta naistega naisile naisedki""",
        "naineni naisine naisetele naistgi naiset",
    ),
    (
        "est",
        "poeg",
        "poeg poja poega pojas pojale pojal pojaga pojaks pojata pojagi poegki",
        "pojad poegade poegi poegadele poegadega poegadest",
        "poeja poegad pojade poegale poeggi",
    ),
    (
        "est",
        "mees",
        "mees mehe meest mehele mehel mehega meheks meeski meestki",
        "mehed meeste mehi meestele meestega meestest mehile mehedki",
        "meese meesed mehede meesgi",
    ),
    (
        "est",
        "vend",
        "vend venna venda vennale vennaga vennal vendki",
        "vennad vendade vendi vendadele vendadega",
        "vende vendad vennade vendale",
    ),
    (
        "est",
        "poiss",
        "poiss poisi poissi poisile poisiga poisist",
        "poisid poiste poisse poistele poistega",
        "poissid poissile poisite",
    ),
]


@pytest.mark.parametrize(("language", "lemma", "singular", "plural", "wrong"), PARADIGMS)
def test_forms(language: str, lemma: str, singular: str, plural: str, wrong: str) -> None:
    made = forms_of(language, lemma)
    for number, texts in (("singular", singular), ("plural", plural)):
        missing = [text for text in texts.split() if text not in made]
        assert missing == []
        assert {made[text].number for text in texts.split()} == {number}
    assert set(wrong.split()) & set(made) == set()


def test_a_finnish_possessive_form_is_singular_or_plural() -> None:
    assert forms_of("fin", "lapsi")["lapseni"].number == "forms"
    assert {"lapsensa", "lapsemme", "lapsesi"} <= set(forms_of("fin", "lapsi"))


@pytest.mark.parametrize(
    ("language", "lemma", "form", "rule"),
    [
        ("hun", "feleség", "feleségemmel", "my -m + instrumental -vel"),
        ("hun", "ember", "ember", "lemma"),
        ("hun", "lány", "lánynyal", "instrumental -val in the spelling before 1922"),
        ("hun", "gyerek", "gyerekeket", "plural -k + accusative -t"),
        ("hun", "nő", "nőim", "possessed plural, my -im"),
        ("hun", "apa", "apáméknál", "my -m + associative plural -ék + adessive -nál"),
        ("hun", "személy", "személyenként", "distributive -nként"),
        ("fin", "vaimo", "vaimollaan", "adessive -lla + his, her or their -an"),
        ("fin", "poika", "pojissakin", "plural -i- + inessive -ssa + clitic -kin"),
        ("fin", "äiti", "äideille", "plural -i- + allative -lle"),
        ("fin", "isä", "isineen", "comitative -ine + his, her or their -en"),
        ("est", "laps", "lastega", "plural comitative -ga"),
        ("est", "laps", "lapsile", "vowel plural allative -le"),
        ("est", "õde", "õedki", "plural nominative -d + clitic -ki"),
        (
            "est",
            "ema",
            "emagi",
            "nominative + clitic -gi or genitive + clitic -gi or partitive + clitic -gi",
        ),
    ],
)
def test_rules(language: str, lemma: str, form: str, rule: str) -> None:
    assert forms_of(language, lemma)[form].rule == rule


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("hun", Word("nő", {"harmony": "middle"})),
        ("hun", Word("fiú", {"personal": ("fiam", "fiad")})),
        ("fin", Word("talo")),
        ("fin", Word("talo", {"class": "99"})),
        ("est", Word("maja")),
        ("est", Word("maja", {"parts": ("maja", "maja")})),
        ("est", Word("maja", {"like": "mees"})),
    ],
)
def test_a_faulty_entry_is_refused(language: str, word: Word) -> None:
    with pytest.raises(ValueError, match="must"):
        list(paradigm(language).inflect(word))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_faults(language: str) -> None:
    lexicon = gender.bundled(language)
    assert list(gender.faults(lexicon, languages()[language].script)) == []
    assert all(form.rule for form in lexicon.forms if form.lemma)


COUNTED = [  # text; feminine, masculine and unspecified core matches
    ("hun", "A nő a házban van, a nőnek könyve van.", (2, 0, 0)),
    ("hun", "Tovább nő a munkanélküliség, a bérek nőnek, nő az infláció.", (0, 0, 0)),
    ("hun", "Férjhez ment, feleségül vette a tanár.", (0, 0, 0)),
    ("hun", "Női szerepek, szülői értekezlet, emberi jogok.", (0, 0, 0)),
    ("hun", "Nem jogi személy, a jogi személyek pedig igen.", (0, 0, 2)),
    ("hun", "Az elnök asszony a feleségemmel és a gyerekeinkkel érkezett.", (1, 0, 1)),
    ("hun", "A barátnőm a királynővel beszél.", (0, 0, 0)),
    ("fin", "Sisko on vanhempi kuin veli.", (1, 1, 0)),
    ("fin", "Vanhempani ja heidän lapsensa.", (0, 0, 2)),
    ("fin", "Mimmi tapasi mimmin.", (1, 0, 0)),
    ("fin", "Virkamies ja hänen tyttöystävänsä.", (0, 0, 0)),
    ("est", "Vanemad inimesed ja lapsevanemad.", (0, 0, 2)),
    ("est", "Lastes uksed lahti.", (0, 0, 0)),
    ("est", "Tema on vanem kui õde.", (1, 0, 0)),
    ("est", "Isikut tõendav dokument, juriidiline isik.", (0, 0, 2)),
    ("est", "Mees ja naine läksid lastega koju.", (1, 1, 1)),
]


@pytest.mark.parametrize(("language", "text", "expected"), COUNTED)
def test_counts(language: str, text: str, expected: tuple[int, int, int]) -> None:
    compiled = matcher(language)
    found = compiled.find(tokenise(batch([document(text, language=language)])))
    masks = compiled.masks[compiled.senses[found.entries]]
    assert tuple(int((masks >> column & 1).sum()) for column in range(3)) == expected
