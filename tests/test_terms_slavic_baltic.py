"""Pronouns, adjectives and demographic terms of the Slavic and Baltic languages, worked out by
hand."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from document_batches import batch, document

from corpus_assay.lexicons import terms
from corpus_assay.lexicons.files import FormList
from corpus_assay.lexicons.languages import languages
from corpus_assay.lexicons.paradigms import Inflected, Value, Word, paradigm
from corpus_assay.transforms import kernels
from corpus_assay.transforms.matching import Matcher
from corpus_assay.transforms.tokens import tokenise

LANGUAGES = ("rus", "pol", "ces", "bul", "bel", "lit", "lvs", "slk", "slv")


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


def adjective(language: str, lemma: str, **keys: Value) -> list[Inflected]:
    module = import_module(f"corpus_assay.lexicons.paradigms.{language}")
    return list(module.inflect_adjective(Word(lemma, keys)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_have_no_faults(language: str) -> None:
    script = languages()[language].script
    assert list(terms.pronoun_faults(terms.pronouns(language), script)) == []
    assert list(terms.demographic_faults(terms.demographics(language), script)) == []
    assert terms.pronouns(language).comparable == (language in ("rus", "bel", "lvs"))


# language, kind: some forms, and some that must not be there
PRONOUNS = {
    ("rus", "first"): ("я меня мною мы нами мой моём моем нашей", "мыла свой себя"),
    ("rus", "second"): ("ты тебе вы вами твою вашего", "вон"),
    ("rus", "feminine"): ("она её ее ей ею неё ней нею", "оно его"),
    ("rus", "masculine"): ("он его ему им него нему ним нём нем", "оно её себя"),
    ("rus", "unspecified"): ("они их им ими них ним ними", "свои ихний"),
    ("pol", "first"): ("ja mnie mi my nas mój mojej naszych mym", "ma me się"),
    ("pol", "second"): ("ty cię ciebie ci wy wam twój twoich waszą", "pan pani"),
    ("pol", "feminine"): ("ona jej ją niej nią", "jego ono"),
    ("pol", "masculine"): ("on jego go jemu mu niego nim", "jej to"),
    ("pol", "unspecified"): ("oni one ich im nich nimi je", "nie swoje"),
    ("ces", "first"): ("já mě mně mnou my nás můj mého našeho", "má se svůj"),
    ("ces", "second"): ("tebe tě tobě vy vás tvůj vaši", "ty ti"),
    ("ces", "feminine"): ("ona jí ji ní její jejího jejími", "jejich jeho"),
    ("ces", "masculine"): ("on jeho jej ho mu něho něm ním", "ono její"),
    ("ces", "unspecified"): ("oni ony jich jim nich nimi ně jejich", "je"),
    ("bul", "first"): ("аз мен ме ми ние ни моята нашите", "си се"),
    ("bul", "second"): ("ти теб те вие ви твоя вашето", "свой"),
    ("bul", "feminine"): ("тя нея я ѝ й нейния нейните", "и то"),
    ("bul", "masculine"): ("той него го му негов неговата", "то"),
    ("bul", "unspecified"): ("те тях ги им техните", "тези"),
    ("bel", "first"): ("я мяне мне мы намі майго маёй нашы", "сябе свой"),
    ("bel", "second"): ("ты цябе вы вамі тваё вашага", "вось"),
    ("bel", "feminine"): ("яна яе ёй ёю", "яно яго"),
    ("bel", "masculine"): ("ён яго яму ім ягоны", "яно яе"),
    ("bel", "unspecified"): ("яны іх ім імі іхнія", "свае"),
    ("lit", "first"): ("aš manęs man mano mes mūsų mums", "save savo"),
    ("lit", "second"): ("tu tavęs tau tavo jūs jūsų", "sau savęs"),
    ("lit", "feminine"): ("ji jos jai ją ja joje", "jis joms"),
    ("lit", "masculine"): ("jis jo jam jį juo jame", "ji jų"),
    ("lit", "unspecified"): ("jie jų jiems juos jais juose jos joms", "šie"),
    ("lvs", "first"): ("es manis man mans manā mēs mūsu", "sevis savs"),
    ("lvs", "second"): ("tu tevi tev tavs tavas jūs jums", "sev"),
    ("lvs", "feminine"): ("viņa viņas viņai viņu viņā", "viņš viņam tā"),
    ("lvs", "masculine"): ("viņš viņa viņam viņu viņā", "viņai tas"),
    ("lvs", "unspecified"): ("viņi viņu viņiem viņus viņos viņām", "tie"),
    ("slk", "first"): ("ja mňa ma mne my nás môj môjho naše", "sa svoj"),
    ("slk", "second"): ("ty ťa teba vy vás tvojho vašich", "tí"),
    ("slk", "feminine"): ("ona jej ju nej ňu ňou", "jeho ono"),
    ("slk", "masculine"): ("on jeho ho mu neho ním preňho", "jej ono"),
    ("slk", "unspecified"): ("oni ony ich im nich nimi", "je"),
    ("slv", "first"): ("jaz mene me mi midva naju moj našega", "se svoj"),
    ("slv", "second"): ("ti tebe vi vas vidva tvoja vašim", "te"),
    ("slv", "feminine"): ("ona nje jo njo ji njena njeno zanjo", "je njegova"),
    ("slv", "masculine"): ("on njega ga mu njem njegov vanj", "njen"),
    ("slv", "unspecified"): ("oni one jih njih jim njihov nanje", "je"),
}


@pytest.mark.parametrize(("language", "kind"), PRONOUNS)
def test_pronouns(language: str, kind: str) -> None:
    there, missing = (set(texts.split()) for texts in PRONOUNS[language, kind])
    made = {form.text for form in terms.pronouns(language).forms if form.concept == kind}
    assert there <= made
    assert not missing & made


@pytest.mark.parametrize(
    ("language", "text", "kinds"),
    [
        ("rus", "Она сказала ему, что они у неё", "feminine,masculine,unspecified,feminine"),
        ("rus", "Твою мать!", ""),
        ("pol", "Im więcej, tym lepiej", ""),
        ("pol", "Dał jej go", "feminine,masculine"),
        ("ces", "Viděl ji a jejich dům", "feminine,unspecified"),
        ("lvs", "Viņš un viņas māte", "masculine,feminine unspecified"),
        ("lit", "Jis matė jos namą", "masculine,feminine unspecified"),
        ("slv", "Zanjo je njegov", "feminine,masculine"),
        ("bul", "Той ѝ даде книгата си", "masculine,feminine"),
    ],
)
def test_pronouns_in_text(language: str, text: str, kinds: str) -> None:
    assert ",".join(found(terms.pronouns(language), language, text)) == kinds


# Adjectives ---------------------------------------------------------------------------------------

ADJECTIVES: list[tuple[str, str, dict[str, Value], str]] = [
    # Russian: hard, velar, end-stressed with short forms, soft.
    ("rus", "белый", {}, "белый белого белому белым белом белая белой белую белою белое белые "
     "белых белыми"),
    ("rus", "русский", {}, "русский русского русскому русским русском русская русской русскую "
     "русскою русское русские русских русскими"),
    ("rus", "слепой", {"short": "слеп"}, "слепой слепого слепому слепым слепом слепая слепую "
     "слепою слепое слепые слепых слепыми слеп слепа слепы"),
    ("rus", "несовершеннолетний", {}, "несовершеннолетний несовершеннолетнего "
     "несовершеннолетнему несовершеннолетним несовершеннолетнем несовершеннолетняя "
     "несовершеннолетней несовершеннолетнюю несовершеннолетнею несовершеннолетнее "
     "несовершеннолетние несовершеннолетних несовершеннолетними"),
    # Polish: softening before the personal plural; velars; soft stems; -czn-.
    ("pol", "stary", {}, "stary starego staremu starym stara starej starą stare starzy starych "
     "starymi"),
    ("pol", "polski", {}, "polski polskiego polskiemu polskim polska polskiej polską polskie "
     "polscy polskich polskimi"),
    ("pol", "głuchy", {}, "głuchy głuchego głuchemu głuchym głucha głuchej głuchą głuche głusi "
     "głuchych głuchymi"),
    ("pol", "autystyczny", {}, "autystyczny autystycznego autystycznemu autystycznym "
     "autystyczna autystycznej autystyczną autystyczne autystyczni autystycznych "
     "autystycznymi"),
    # Czech: -ští, softened velars, soft adjectives.
    ("ces", "český", {}, "český českého českému českém českým česká české českou čeští českých "
     "českými českýma"),
    ("ces", "hluchý", {}, "hluchý hluchého hluchému hluchém hluchým hluchá hluché hluchou "
     "hluší hluchých hluchými hluchýma"),
    ("ces", "liberální", {}, "liberální liberálního liberálnímu liberálním liberálních "
     "liberálními liberálníma"),
    # Bulgarian: fleeting vowel, -ски, another vowel in the plural.
    ("bul", "беден", {"stem": "бедн"}, "беден бедния бедният бедна бедната бедно бедното бедни "
     "бедните"),
    ("bul", "руски", {}, "руски руския руският руска руската руско руското руските"),
    ("bul", "бял", {"plural": "бели"}, "бял белия белият бяла бялата бяло бялото бели белите"),
    # Belarusian: hard, stressed endings, soft; initial у.
    ("bel", "чорны", {}, "чорны чорнага чорнаму чорным чорная чорнай чорную чорнаю чорнае "
     "чорныя чорных чорнымі"),
    ("bel", "сляпы", {"end_stressed": True}, "сляпы сляпога сляпому сляпым сляпая сляпой "
     "сляпую сляпою сляпое сляпыя сляпых сляпымі"),
    ("bel", "малалетні", {}, "малалетні малалетняга малалетняму малалетнім малалетняя "
     "малалетняй малалетнюю малалетняю малалетняе малалетнія малалетніх малалетнімі"),
    # Lithuanian: -is has no definite forms.
    ("lit", "socialistinis", {}, "socialistinis socialistinio socialistiniam socialistinį "
     "socialistiniu socialistiniame socialistinė socialistinės socialistinei socialistinę "
     "socialistine socialistinėje socialistiniai socialistinių socialistiniams socialistinius "
     "socialistiniais socialistiniuose socialistinėms socialistines socialistinėmis "
     "socialistinėse"),
    # Latvian: both genders, indefinite and definite.
    ("lvs", "akls", {}, "akls akla aklam aklu aklā akli akliem aklus aklos aklas aklai aklām "
     "aklās aklais aklajam aklo aklajā aklajai aklie aklajiem aklajos aklajām aklajās"),
    # Slovak: long endings, short ones after a long syllable, soft.
    ("slk", "slovenský", {}, "slovenský slovenského slovenskému slovenskom slovenským slovenská "
     "slovenskej slovenskú slovenskou slovenské slovenskí slovenských slovenskými"),
    ("slk", "čínsky", {}, "čínsky čínskeho čínskemu čínskom čínskym čínska čínskej čínsku "
     "čínskou čínske čínski čínskych čínskymi"),
    ("slk", "dospievajúci", {}, "dospievajúci dospievajúceho dospievajúcemu dospievajúcom "
     "dospievajúcim dospievajúca dospievajúcej dospievajúcu dospievajúcou dospievajúce "
     "dospievajúcich dospievajúcimi"),
    # Slovenian: -i only, indefinite masculine, soft neuter.
    ("slv", "slovenski", {}, "slovenski slovenskega slovenskemu slovenskem slovenskim slovenska "
     "slovenske slovensko slovenskih slovenskima slovenskimi"),
    ("slv", "reven", {"stem": "revn"}, "reven revni revnega revnemu revnem revnim revna revne "
     "revno revnih revnima revnimi"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "lemma", "keys", "forms"), ADJECTIVES)
def test_adjectives(language: str, lemma: str, keys: dict[str, Value], forms: str) -> None:
    made = adjective(language, lemma, **keys)
    assert {form.text for form in made} == set(forms.split())
    assert made[0] == Inflected(lemma, "singular", "lemma")
    assert all(form.rule for form in made)


# Lithuanian adjectives by line: too long for one table.
LITHUANIAN = [
    ("neįgalus", "masculine", "neįgalus neįgalaus neįgaliam neįgalų neįgaliu neįgaliame"),
    ("neįgalus", "definite masculine", "neįgalusis neįgaliojo neįgaliajam neįgalųjį neįgaliuoju "
     "neįgaliajame"),
    ("neįgalus", "definite masculine plural", "neįgalieji neįgaliųjų neįgaliesiems neįgaliuosius "
     "neįgaliaisiais neįgaliuosiuose"),
    ("jaunas", "feminine plural", "jaunos jaunų jaunoms jaunas jaunomis jaunose"),
    ("jaunas", "definite feminine", "jaunoji jaunosios jaunajai jaunąją jaunąja jaunojoje"),
    ("kurčias", "masculine plural", "kurti kurčių kurtiems kurčius kurčiais kurčiuose"),
    ("kurčias", "definite masculine plural", "kurtieji kurčiųjų kurtiesiems kurčiuosius "
     "kurčiaisiais kurčiuosiuose"),
    ("vedęs", "masculine", "vedęs vedusio vedusiam vedusį vedusiu vedusiame"),
    ("vedęs", "feminine", "vedusi vedusios vedusiai vedusią vedusia vedusioje"),
    ("lietuviškas", "feminine", "lietuviška lietuviškos lietuvišką lietuviška lietuviškoje"),
]  # fmt: skip


@pytest.mark.parametrize(("lemma", "line", "forms"), LITHUANIAN)
def test_lithuanian_adjectives(lemma: str, line: str, forms: str) -> None:
    def of_line(rule: str) -> bool:
        rest = rule.removeprefix(f"{line} ")
        return rest != rule and not rest.startswith(("plural", "masculine", "feminine"))

    made = [form.text for form in adjective("lit", lemma) if of_line(form.rule)]
    lemmas = [lemma] if forms.startswith(f"{lemma} ") and line == "masculine" else []
    assert lemmas + made == forms.split()


def test_rules_say_what_was_done() -> None:
    assert Inflected("čeští", "plural", "masculine animate plural nominative -í") in adjective(
        "ces", "český"
    )
    assert Inflected("белые", "plural", "plural nominative -ые") in adjective("rus", "белый")
    assert Inflected("aklajiem", "plural", "definite masculine plural dative -ajiem") in adjective(
        "lvs", "akls"
    )


@pytest.mark.parametrize(
    ("language", "lemma"),
    [("rus", "гей"), ("bel", "зеў"), ("pol", "młoda"), ("ces", "mladá"), ("lit", "žmogau"),
     ("lvs", "latvietei")],
)  # fmt: skip
def test_other_words_are_refused(language: str, lemma: str) -> None:
    with pytest.raises(ValueError, match="adjective"):
        adjective(language, lemma)


@pytest.mark.parametrize(
    ("language", "lemma", "forms"),
    [
        ("rus", "еврей", "еврей еврея еврею евреем еврее евреи евреев евреям евреями евреях"),
        ("bel", "яўрэй", "яўрэй яўрэя яўрэю яўрэем яўрэі яўрэяў яўрэям яўрэямі яўрэях"),
    ],
)
def test_nouns_in_a_glide(language: str, lemma: str, forms: str) -> None:
    made = paradigm(language).inflect(Word(lemma))
    assert {form.text for form in made} == set(forms.split())


# Descriptors --------------------------------------------------------------------------------------

DESCRIPTORS = {
    "rus": "мусульманок:muslim христианами:christian слепых:blind немцев:german "
    "француженка:french латышка:latvian евреев:jewish беженцами:refugee глухие:deaf "
    "россиянам:russian чернокожего:black татары:tatar усыновлённого:adopted "
    "усыновленного:adopted ВИЧ|инфицированный:hiv_positive",
    "pol": "Polaków:polish Polka:polish Chińczycy:chinese Amerykanie:american Rosjan:russian "
    "muzułmanki:muslim uchodźców:refugee niewidomi:blind bezrobotna:unemployed Żydzi:jewish "
    "chrześcijan:christian brytyjscy:british Azjatów:asian",
    "ces": "Češi:czech Češek:czech Němci:german Američané:american komunisté:communist "
    "uprchlíků:refugee nevidomým:blind nezaměstnaní:unemployed židovských:jewish "
    "Řekyně:greek černoši:black Romové:roma důchodci:retired",
    "bul": "християните:christian мюсюлманка:muslim французи:french китайци:chinese гърците:greek "
    "сляпата:blind слепите:blind безработните:unemployed бежанците:refugee евреи:jewish "
    "американката:american",
    "bel": "мусульмане:muslim хрысціян:christian бежанцаў:refugee немцы:german "
    "амерыканцу:american сляпога:blind беларуска:belarusian яўрэяў:jewish латышоў:latvian "
    "ўкраінскіх:ukrainian еўрапеек:european",
    "lit": "lietuvių:lithuanian latvės:latvian amerikiečiams:american neįgaliųjų:disabled "
    "musulmonės:muslim pabėgėlių:refugee bedarbiai:unemployed žydų:jewish kinų:chinese "
    "krikščionys:christian kurtieji:deaf akliesiems:blind",
    "lvs": "latvieši:latvian latvietes:latvian amerikāņu:american franču:french "
    "musulmaņi:muslim bēgļi:refugee aklajiem:blind bezdarbniekus:unemployed ebreji:jewish "
    "pusaudžu:teenage feministu:feminist bārenis:orphaned",
    "slk": "Slováci:slovak Sloveniek:slovak Američania:american Nemkám:german Židia:jewish "
    "nevidiacich:blind moslimovia:muslim utečencov:refugee imigrantmi:immigrant "
    "černosi:black francúzskeho:french komunisti:communist dôchodcovia:retired",
    "slv": "Slovenci:slovenian Slovenk:slovenian Američani:american muslimank:muslim "
    "begunci:refugee slepih:blind brezposelni:unemployed Judov:jewish levičarjev:left_wing "
    "kristjani:christian Francozinja:french temnopoltih:black",
}


@pytest.mark.parametrize(
    ("language", "text", "concept"),
    [
        (language, *pair.replace("|", "-").split(":"))
        for language, pairs in DESCRIPTORS.items()
        for pair in pairs.split()
    ],
)
def test_descriptors(language: str, text: str, concept: str) -> None:
    assert found(terms.demographics(language), language, text) == [concept]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("rus", "В Белом доме пили чёрный чай у Чёрного моря"),
        ("rus", "Он был при нём, о нем и речь"),
        ("pol", "Biały Dom, Morze Czarne i Ocean Indyjski"),
        ("pol", "Polska jedzie do Niemiec i do Włoch"),
        ("ces", "Bílý dům, Černá Hora a Česká republika"),
        ("ces", "Tady teče řeka, řek je tu deset let starých"),
        ("bul", "Няма никой в Белия дом на Черно море"),
        ("bel", "Белы дом і Чорнае мора"),
        ("lit", "Baltieji rūmai, Juodoji jūra, prancūziškai, Romą"),
        ("lvs", "Baltais nams Romā, viņam ir piecus gadus vecs suns, tajā latviski"),
        ("slk", "Biely dom vo Francúzsku, nemá Čierne more"),
        ("slv", "Bela hiša na Švedskem in v Črni gori, ženska na Kitajskem"),
    ],
)
def test_what_does_not_count(language: str, text: str) -> None:
    assert found(terms.demographics(language), language, text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_flags(language: str) -> None:
    descriptors = terms.demographics(language).descriptors
    assert len(set(descriptors) & set(terms.core_descriptors())) >= 125
    assert all(descriptors[key].polysemous for key in ("black", "white", "old", "poor", "rich"))
    assert not any(descriptors[key].polysemous for key in ("muslim", "jewish", "american"))
    assert all(row.note for row in descriptors.values() if row.preference == "polarising")
