"""Inflection of Turkish, Kyrgyz, Uzbek, Khalkha Mongolian and Georgian person nouns.

Expected forms are worked out by hand from the grammars, not copied from what the rules make.
"""

from __future__ import annotations

import pytest

from corpus_assay.lexicons import gender, paradigms
from corpus_assay.lexicons.languages import languages
from corpus_assay.lexicons.paradigms import Inflected, Word

LANGUAGES = ("tur", "kir", "uzn", "khk", "kat")


def made(language: str, lemma: str, **keys: paradigms.Value) -> list[Inflected]:
    return list(paradigms.paradigm(language).inflect(Word(lemma, keys)))


def numbers(forms: list[Inflected]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for form in forms:
        found.setdefault(form.text, set()).add(form.number)
    return found


EXPECTED: list[tuple[str, str, dict[str, paradigms.Value], str, str]] = [
    # Turkish: softening, dropped vowel, vowel stem, rounded harmony, compound, kinship
    ("tur", "çocuk", {"stem": "çocuğ"},
     "çocuk çocuğu çocuğa çocukta çocuktan çocuğun çocukla çocuğum çocuğumu çocuğunuzdan çocuğunun "
     "çocuğuna çocuğuyla çocuktu çocukken çocukmuş çocuktur çocuğumuzdu çocuktaki çocuğumdaki",
     "çocuklar çocukları çocuklarımızın çocuklarına çocuklarıyla çocuklarca çocuklardaki "
     "çocuklarınki çocuklardık"),
    ("tur", "oğul", {"stem": "oğl"},
     "oğul oğlu oğlum oğlunu oğluyla oğulda oğuldan oğlumuzun oğluna oğluydu", "oğullar oğullarım"),
    ("tur", "anne", {"kin": True},
     "annem annen annesi annesini annesinin annesine annesiyle annesinden anneyi anneye anneden "
     "anneyle annemle annemi annemin anneminki annenizi anneniz anneymiş annesiydi annesiyim "
     "anneciğim anneciğime annecim annemsin annenim annenizim", "anneler annelerin annelerimizden "
     "annemler annemlere annenlerin annemgil annemgilde"),
    ("tur", "kız", {"copula": "possessed"}, "kızım kızıydı kızıdır kızımdı kızımsın kızınım",
     "kızlardı kızlarım kızlarıydı"),
    ("tur", "kadın", {},
     "kadının kadını kadına kadında kadından kadınla kadındı kadınsın kadındır kadınım",
     "kadınlar kadınlara kadınlarca kadınların kadınlardan"),
    ("tur", "gazi", {}, "gaziyi gazinin gazim gazisi gazisiyle gazidir", "gaziler gazilerimize"),
    ("tur", "hayat arkadaşı", {"compound": "hayat arkadaş"},
     "hayat arkadaşı+hayat arkadaşının+hayat arkadaşım+hayat arkadaşımla+hayat arkadaşıydı",
     "hayat arkadaşları+hayat arkadaşlarını+hayat arkadaşlarımız"),
    # Kyrgyz: four harmonies, hard and soft consonants, irregular plural
    ("kir", "бала", {"plural": "балдар"},
     "бала баланын баланы балага балада баладан балам балама баламдын балаң балаңа балаңыз баласы "
     "баласынын баласын баласына баласында баласынан балабыз баладагы балабы баласыбы",
     "балдар балдардын балдарды балдарга балдарым балдарына балдарыбыз балдарынын"),
    ("kir", "эркек", {}, "эркек эркектин эркекти эркекке эркектен эркеги эркегим эркекпи эркектеги",
     "эркектер эркектердин эркектерге"),
    ("kir", "уул", {}, "уулу уулдун уулду уулга уулдан уулум уулума уулуна уулубуз", "уулдар"),
    ("kir", "күйөө", {}, "күйөөнүн күйөөгө күйөөсү күйөөсүнө күйөөсүнүн күйөөм күйөөмө",
     "күйөөлөр"),
    ("kir", "жигит", {}, "жигиттин жигитти жигитке жигити жигитим жигитпи", "жигиттер жигиттерден"),
    ("kir", "ардагер", {}, "ардагердин ардагерге ардагери", "ардагерлер ардагерлердин"),
    ("kir", "жубай", {}, "жубайы жубайым жубайынын жубайымды жубайга", "жубайлар жубайлардын"),
    # Uzbek: k and q, dropped vowel, irregular third person, compound
    ("uzn", "erkak", {}, "erkakning erkakni erkakka erkakda erkakdan erkagi erkagim erkakmi "
     "erkakdir",
     "erkaklar erkaklarga erkaklarimiz"),
    ("uzn", "oʻgʻil", {"stem": "oʻgʻl"}, "oʻgʻli oʻgʻlim oʻgʻling oʻgʻliga oʻgʻlining oʻgʻilga",
     "oʻgʻillar oʻgʻillari"),
    ("uzn", "ona", {"kin": True}, "onam onang onasi onamiz onangiz onamning onasiga onadan onamlar "
     "onamlarning onaman", "onalar onalarimiz onalarning"),
    ("uzn", "singil", {"stem": "singl", "third": "singlisi"}, "singlisi singlisiga singlim "
     "singling "
     "singilga", "singillar singillarim"),
    ("uzn", "turmush oʻrtogʻi", {"compound": "turmush oʻrtoq"},
     "turmush oʻrtogʻi+turmush oʻrtogʻim+turmush oʻrtogʻingiz+turmush oʻrtogʻiga",
     "turmush oʻrtoqlari+turmush oʻrtoqlarining"),
    # Khalkha: fleeting vowel, н, long vowel, diphthong, ь, ө, back and front ж ч х
    ("khk", "хүүхэд", {"stem": "хүүхд", "plural": "хүүхдүүд"},
     "хүүхэд хүүхдийн хүүхдийг хүүхдэд хүүхдээс хүүхдээр хүүхэдтэй хүүхдээ хүүхдийнхээ хүүхэддээ",
     "хүүхдүүд хүүхдүүдийн хүүхдүүдийг хүүхдүүдэд хүүхдүүдээс хүүхдүүдтэй"),
    ("khk", "эцэг", {"stem": "эцг"}, "эцгийн эцгийг эцэгт эцгээс эцэгтэй эцгээ эцэгтээ "
     "эцгийнхээ", ""),
    ("khk", "охин", {"plural": "охид"}, "охины охиныг охинд охиноос охинтой охиноо охиныхоо "
     "охиндоо",
     "охид охидын охидыг охидод охидоос охидтой"),
    ("khk", "хүн", {"plural": "хүмүүс"}, "хүний хүнийг хүнд хүнээс хүнээр хүнтэй хүнийх",
     "хүмүүс хүмүүсийн хүмүүсийг хүмүүст хүмүүсээс хүмүүстэй"),
    ("khk", "дүү", {}, "дүүгийн дүүг дүүд дүүгээс дүүгээр дүүтэй дүүгээ дүүгийнхээ дүүтэйгээ", ""),
    ("khk", "эмэгтэй", {"plural": "эмэгтэйчүүд"}, "эмэгтэйн эмэгтэйг эмэгтэйд эмэгтэйгээс "
     "эмэгтэйтэй",
     "эмэгтэйчүүд эмэгтэйчүүдийн эмэгтэйчүүдэд эмэгтэйчүүдээс"),
    ("khk", "нөхөр", {"stem": "нөхр"}, "нөхрийн нөхрийг нөхөрт нөхрөөс нөхөртэй нөхрөө нөхрийнхөө "
     "нөхөртэйгээ", ""),
    ("khk", "хань", {}, "ханийн ханийг ханьд ханиас ханиар ханьтай", ""),
    ("khk", "аав", {"plural": "нар"}, "аавын аавыг аавд ааваас ааваар аавтай ааваа аавынхаа "
     "аавтайгаа",
     ""),
    ("khk", "ах", {}, "ахын ахыг ахад ахаас ахтай ахаа ахдаа", ""),
    ("khk", "ээж", {}, "ээжийн ээжийг ээжид ээжээс ээжтэй ээжээ ээждээ ээжийнхээ ээжтэйгээ", ""),
    # Georgian: consonant stem, syncope, stems in -ა, -ე, -ო, kinship with a possessive
    ("kat", "ქალი", {}, "ქალი ქალმა ქალს ქალის ქალით ქალად ქალო ქალში ქალზე ქალთან ქალისთვის "
     "ქალისათვის ქალისგან ქალისკენ ქალამდე ქალიდან ქალიც ქალმაც ქალსაც ქალია ქალივით ქალისთვისაც",
     "ქალები ქალებმა ქალებს ქალების ქალებთან ქალებისთვის ქალნი ქალთა ქალთათვის ქალნო"),
    ("kat", "მშობელი", {"stem": "მშობლ"}, "მშობელმა მშობელს მშობლის მშობლით მშობლად მშობელთან "
     "მშობლისგან", "მშობლები მშობლებს მშობლების მშობელთა მშობელნი"),
    ("kat", "დედა", {"kin": True}, "დედა დედამ დედას დედის დედით დედად დედავ დედასთან დედაზე "
     "დედისთვის "
     "დედაც დედასავით დედაა დედაჩემი დედაჩემმა დედაჩემს დედაჩემის დედამისთან დედამდე",
     "დედები დედებს დედათა"),
    ("kat", "მეუღლე", {}, "მეუღლემ მეუღლეს მეუღლის მეუღლესთან მეუღლისგან მეუღლემდე",
     "მეუღლეები მეუღლეებთან მეუღლეთა"),
    ("kat", "გოგო", {}, "გოგომ გოგოს გოგოთი გოგოსთვის გოგოსთან გოგოდან", "გოგოები გოგოებმა"),
    ("kat", "ლედი", {"class": "i"}, "ლედიმ ლედის ლედით", "ლედები ლედებს"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "lemma", "keys", "singular", "plural"), EXPECTED)
def test_forms_worked_out_by_hand(
    language: str, lemma: str, keys: dict[str, paradigms.Value], singular: str, plural: str
) -> None:
    found = numbers(made(language, lemma, **keys))
    for number, texts in (("singular", singular), ("plural", plural)):
        expected = texts.split("+") if "+" in texts else texts.split()
        assert [text for text in expected if number not in found.get(text, ())] == []


@pytest.mark.parametrize(
    ("language", "lemma", "keys", "wrong"),
    [
        (
            "tur",
            "çocuk",
            {"stem": "çocuğ"},
            "çocuklarsın çocuku çocukun çocuğlar çocukdan çocukluk çocuksuz",
        ),
        ("tur", "kız", {"copula": False}, "kızdı kızsa kızmış kızdır kızlık"),
        ("tur", "anne", {}, "anneciğim annemler annein anneiyi annesiye annesiyi"),
        ("tur", "hayat arkadaşı", {"compound": "hayat arkadaş"}, "hayat+hayat arkadaşısı"),
        (
            "kir",
            "бала",
            {"plural": "балдар"},
            "балалар баласыны баласыга баламга баласыз балдармын",
        ),
        ("kir", "эркек", {}, "эркектар эркекда эркеки эркекби"),
        ("kir", "уул", {}, "уулго уулдор уулнын"),
        ("uzn", "ona", {}, "onai onaim onasiz onaka"),
        ("uzn", "erkak", {}, "erkakga erkaki erkakim"),
        ("uzn", "singil", {"stem": "singl", "third": "singlisi"}, "singli singili singilim"),
        ("khk", "хүүхэд", {"stem": "хүүхд"}, "хүүхэдийн хүүхэдийг хүүхэдээс хүүхэдэд хүүхэдгүй"),
        ("khk", "охин", {}, "охинын охинаас охинтай охинийг"),
        ("khk", "дүү", {}, "дүүийн дүүээс дүүыг"),
        ("kat", "ქალი", {}, "ქალიმა ქალისში ქალსთან ქალითდან"),
        ("kat", "მშობელი", {"stem": "მშობლ"}, "მშობელის მშობელით მშობელები მშობლმა მშობლს"),
        ("kat", "დედა", {}, "დედამა დედაის დედთან დედაები დედაჩემი"),
    ],
)
def test_forms_that_do_not_exist(
    language: str, lemma: str, keys: dict[str, paradigms.Value], wrong: str
) -> None:
    found = numbers(made(language, lemma, **keys))
    assert [x for x in (wrong.split("+") if "+" in wrong else wrong.split()) if x in found] == []


@pytest.mark.parametrize(
    ("language", "lemma", "keys", "text", "rule"),
    [
        ("tur", "çocuk", {"stem": "çocuğ"}, "çocuk", "lemma"),
        ("tur", "çocuk", {}, "çocuklarımda", "plural -lar + my -ım + locative -da"),
        ("tur", "kız", {}, "kızına", "his or her -ı + dative -na"),
        ("kir", "жигит", {}, "жигиттерге", "plural -тер + dative -ге"),
        ("uzn", "ona", {}, "onamdan", "my -m + ablative -dan"),
        ("khk", "ээж", {}, "ээжийнхээ", "genitive + reflexive -хээ"),
        ("kat", "ქალი", {}, "ქალისთვისაც", "genitive + for -თვის + also -ც"),
        ("kat", "დედა", {"kin": True}, "დედაჩემს", "my -ჩემი + dative"),
    ],
)
def test_rules_name_the_steps(
    language: str, lemma: str, keys: dict[str, paradigms.Value], text: str, rule: str
) -> None:
    assert rule in {form.rule for form in made(language, lemma, **keys) if form.text == text}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_has_a_rule_and_the_lexicon_no_fault(language: str) -> None:
    lexicon = gender.bundled(language)
    assert list(gender.faults(lexicon, languages()[language].script)) == []
    assert all(form.rule for form in lexicon.forms if form.lemma)
    assert len({form.text for form in lexicon.forms}) < 45_000


@pytest.mark.parametrize(
    ("language", "homographs"),
    [
        ("tur", "ana karı karın koca hala kızdı kızsa"),
        ("kir", "ага эр катын"),
        ("uzn", "oyi oyida ini faxriy"),
        ("khk", "хүнд эх эр"),
        ("kat", "და დებს დედანი პირი პაპის"),
    ],
)
def test_homographs_are_not_counted(language: str, homographs: str) -> None:
    texts = {form.text for form in gender.bundled(language).forms}
    assert texts.isdisjoint(homographs.split())


@pytest.mark.parametrize(
    ("language", "block"),
    [
        ("tur", "tüzel kişilerin"),
        ("uzn", "ona tilida"),
        ("khk", "хүн амын"),
        ("kat", "იურიდიული პირების"),
    ],
)
def test_longer_words_that_mean_no_person_are_blocked(language: str, block: str) -> None:
    assert block in gender.bundled(language).block


def test_unknown_class_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown class"):
        made("kat", "ქალი", **{"class": "x"})
