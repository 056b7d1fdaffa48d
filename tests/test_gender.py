"""Gender counts: by hand in 23 languages and twelve scripts, by brute force on random documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
import slow_tokens
import unicodedata2 as ucd
from document_batches import Document, batch, document, options, rows, tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_assay.transforms import unicode
from corpus_assay.transforms.documents import ANY, ROLES

# What each text holds, counted by hand. (text, language, words, punctuation tokens, feminine,
# masculine, unspecified, any). In "any" a form that stands in several classes counts once.
BY_HAND = [
    # Latin. The woman s hat the man s and WOMEN Grand mother A well known lady man; , … !!! - ? -
    # - . where the apostrophes are none, and !!! is one; woman WOMEN mother lady; man man.
    ("The woman's hat, the man’s… and WOMEN!!! Grand-mother? A well-known lady-man.", "eng",
     16, 8, 4, 2, 0, 6),
    # wo­man with a soft hyphen is one word; ... is one token. Isle of Man is blocked.
    ("A wo\u00adman... of the Isle of Man", "eng", 7, 1, 1, 0, 0, 1),
    # L homme et l épouse Une Femme Aujourd hui ma grand mère; : « ! » , - … and no apostrophe;
    # épouse, decomposed, Femme and grand-mère as one match of two words; homme.
    ("L’homme et l'e\u0301pouse : « Une Femme ! » Aujourd'hui, ma grand-me\u0300re…", "fra",
     12, 7, 3, 1, 0, 4),
    # Thirteen words; , : » ! «; Großmutter GROSSMUTTER; Mann.
    ("STRASSE, Straße und Strasse: Die Großmutter und die GROSSMUTTER sagten dem Mann »Ja!«",
     "deu", 13, 5, 2, 1, 0, 3),
    # ISPARTA lı kadın İstanbul da KIZ ve kız ERKEK Kardeş; ; , . !; kadın KIZ kız; ERKEK;
    # Kardeş (sibling). With the full stop between them, that is not erkek kardeş.
    ("ISPARTA'lı kadın İstanbul'da; KIZ ve kız, ERKEK. Kardeş!", "tur", 10, 4, 3, 1, 1, 5),
    # kiz, with a dotted i, is no Turkish girl; erkek kardeş is one match, masculine only.
    ("kiz KİZ erkek kardeş", "tur", 4, 0, 0, 1, 0, 1),
    # L al·lota col·labora amb l home; . and the dots are letters; al·lota; home.
    ("L'al·lota col·labora amb l'home.", "cat", 6, 1, 1, 1, 0, 2),
    # mga anak na babae at anak; .; the plural of daughter, four words; the last anak is child.
    ("Mga anak na babae at anak.", "tgl", 6, 1, 1, 0, 1, 2),
    # Con gái và người mẹ công bố, decomposed; .; con gái, người mẹ; công bố (announce) blocks bố.
    (ucd.normalize("NFD", "Con gái và người mẹ công bố."), "vie", 7, 1, 2, 0, 0, 2),
    # Laki laki dan anak anak ibu kota; - - ; . and laki-laki; anak-anak; ibu kota is blocked.
    ("Laki-laki dan anak-anak; ibu kota.", "ind", 7, 4, 0, 1, 1, 2),
    # Oʻgʻil va O'G'IL o‘g‘illar ota ona ona tili, apostrophes are letters; , ; « - »; the three
    # spellings of son(s); ota-ona is one match; ona tili (mother tongue) is blocked.
    ("Oʻgʻil va O'G'IL, o‘g‘illar; «ota-ona» ona tili", "uzn", 8, 5, 0, 3, 1, 4),
    # Mama na ng'ombe; .; mama.
    ("Mama na ng'ombe.", "swh", 3, 1, 1, 0, 0, 1),
    # Cyrillic: ЖЕНЩИНА и мужчина супруги дети сёстры ёлка, ё decomposed twice; — ; : , .;
    # ЖЕНЩИНА супруги сёстры; мужчина; супруги дети: супруги is spouses, and of a wife.
    ("ЖЕНЩИНА и мужчина — супруги; дети: се\u0308стры, е\u0308лка.", "rus", 7, 5, 3, 1, 2, 5),
    # Сям’я маці і дзіця аб'ём; : .; маці; дзіця.
    ("Сям’я: маці і дзіця аб'ём.", "bel", 5, 2, 1, 0, 1, 2),
    # Greek: Ο Άνδρας ΟΙ ΆΝΔΡΕΣ και η σύζυγος; , · (ano teleia, after a word) and the Greek
    # question mark; η σύζυγος as one match; Άνδρας ΆΝΔΡΕΣ, whose final sigmas fold alike.
    ("Ο Άνδρας, ΟΙ ΆΝΔΡΕΣ\u0387 και η σύζυγος\u037e", "ell", 7, 3, 1, 2, 0, 3),
    # Georgian: ქალი და ᲙᲐᲪᲘ ბავშვი, one word in capitals; , .; ქალი; ᲙᲐᲪᲘ; ბავშვი.
    ("ქალი და ᲙᲐᲪᲘ, ბავშვი.", "kat", 4, 2, 1, 1, 1, 3),
    # Arabic: هذه امرأة وهذا رجل رجل; ، . ؟; امرأة with its hamza decomposed; رجل with vowel marks,
    # and stretched by tatweel.
    ("هذه امرا\u0654ة، وهذا رَجُلٌ. رجـــل؟", "arb", 5, 3, 1, 2, 0, 3),
    # Persian: زن‌ها و زنها با مرد كودك; . !; زن‌ها with ZWNJ and joined; مرد; کودک with Arabic kaf.
    ("زن\u200cها و زنها با مرد. كودك!", "pes", 6, 2, 2, 1, 1, 4),
    # Devanagari: एक महिला लड़की और लड़की पति पत्नी; । - !!; महिला and लड़की with both spellings of its
    # nukta letter, पत्नी; पति: husband and wife count as two.
    ("एक महिला ल\u095cकी और ल\u0921\u093cकी। पति-पत्नी!!", "hin", 7, 3, 4, 1, 0, 5),
    # Bengali: মেয়ে ও ছেলে মা লোক, য় and ো decomposed; , ।; মেয়ে মা; ছেলে; লোক.
    ("মে\u09af\u09bcে ও ছেলে, মা ল\u09c7\u09beক।", "ben", 5, 2, 2, 1, 1, 4),
    # Tamil: பெண் மற்றும் ஆண் குழந்தை பையன்கள்; , .; பெண்; ஆண் குழந்தை (boy) as one match, பையன்கள்.
    ("பெண் மற்றும் ஆண் குழந்தை, பையன்கள்.", "tam", 5, 2, 1, 2, 0, 3),
    # Hangul: 여자 그리고 남자 어머니, in conjoining jamo; ; !; 여자 어머니; 남자.
    (ucd.normalize("NFD", "여자 그리고 남자; 어머니!"), "kor", 4, 2, 2, 1, 0, 3),
    # Han, a word a character: 男性化的 女士和 女人; 。; 男性化 (masculinise) is blocked; 女士 女人.
    ("男性化的女士和女人。", "cmn", 5, 1, 2, 0, 0, 2),
    # A line break parts 女 from 人: no woman but a person.
    ("女\n人", "cmn", 2, 0, 0, 0, 1, 1),
    # Japanese: 女 の 人 と ベテラン が 母 国 で 母 に, katakana one word, が decomposed; 。;
    # 女の人 and the second 母, for 母国 (homeland) is blocked; ベテラン (veteran).
    ("女の人とベテランか\u3099母国で母に。", "jpn", 8, 1, 2, 0, 1, 3),
    # Thai, a word a consonant with its marks: ผู้ ห ญิ ง กั บ ผู้ ช า ย แ ม่ น้ ำ (vowels written apart
    # are letters); ผู้หญิง; ผู้ชาย; แม่น้ำ (river) blocks แม่ (mother).
    ("ผู้หญิงกับผู้ชาย แม่น้ำ", "tha", 6, 0, 1, 1, 0, 2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language", "words", "marks", "feminine", "masculine", "unspecified", "any_"), BY_HAND
)
def test_counts_by_hand(
    text: str,
    language: str,
    words: int,
    marks: int,
    feminine: int,
    masculine: int,
    unspecified: int,
    any_: int,
) -> None:
    made = tables([batch([document(text, language)])], options())
    [corpus] = rows(made["corpus"], role=ANY)
    assert corpus["language"] == language
    assert (corpus["words"], corpus["tokens"]) == (words, words + marks)
    assert (corpus["bytes"], corpus["characters"]) == (len(text.encode()), len(text))
    expected = {
        "feminine": feminine,
        "masculine": masculine,
        "unspecified": unspecified,
        ANY: any_,
    }
    assert {r["gender"]: r["matches"] for r in rows(made["gender"], role=ANY)} == expected
    [contrast] = rows(made["gender_contrast"], role=ANY)
    assert contrast["difference"] == feminine - masculine


def test_every_column_by_hand() -> None:
    """Two documents. The first, a prompt and two responses: 4 + 3 + 2 words, 5 + 4 + 2 tokens,
    with matches F M | F F | none; the second, a text of 2 words and tokens, matches M U."""
    documents = [
        Document(((1, "woman and a man."), (2, "Women, women"), (2, "so it")), "eng", "a"),
        Document(((0, "man person"),), "eng", "a", 7),
        Document(((0, "woman"),), "heb", "a", 8),
    ]
    made = tables([batch(documents)], options())
    names = ("matches", "documents", "matches_squared", "matches_tokens", "matches_words")

    def measures(role: str, language: str = "eng") -> dict[object, list[object]]:
        found = rows(made["gender"], source="a", language=language, role=role)
        return {row["gender"]: [row[name] for name in names] for row in found}

    assert measures("prompt") == {
        "feminine": [1, 1, 1, 5, 4],
        "masculine": [1, 1, 1, 5, 4],
        "unspecified": [0, 0, 0, 0, 0],
        ANY: [2, 1, 4, 10, 8],
    }
    assert measures("response") == {
        "feminine": [2, 1, 4, 10, 8],  # 2 + 2 words, 3 + 2 tokens: both responses together
        "masculine": [0, 0, 0, 0, 0],
        "unspecified": [0, 0, 0, 0, 0],
        ANY: [2, 1, 4, 10, 8],
    }
    assert measures("text") == {
        "feminine": [0, 0, 0, 0, 0],
        "masculine": [1, 1, 1, 2, 2],
        "unspecified": [1, 1, 1, 2, 2],
        ANY: [2, 1, 4, 4, 4],
    }
    assert measures(ANY) == {
        "feminine": [3, 1, 9, 30, 24],  # 3 matches in 10 tokens, 8 words
        "masculine": [2, 2, 2, 10 + 2, 8 + 2],
        "unspecified": [1, 1, 1, 2, 2],
        ANY: [4 + 2, 2, 16 + 4, 40 + 4, 32 + 4],
    }
    nothing = [None] * 5
    classes = ("feminine", "masculine", "unspecified", ANY)
    assert measures(ANY, "heb") == measures("text", "heb") == dict.fromkeys(classes, nothing)
    contrast = {
        (row["language"], row["role"]): [row[n] for n in made["gender_contrast"].column_names[3:]]
        for row in made["gender_contrast"].to_pylist()
    }
    assert contrast == {
        ("eng", "prompt"): [0, 0, 0, 0],
        ("eng", "response"): [2, 4, 10, 8],
        ("eng", "text"): [-1, 1, -2, -2],
        ("eng", ANY): [1 - 1 + 2 - 1, 4 + 1, 20 - 2, 16 - 2],
        ("heb", "text"): [None] * 4,
        ("heb", ANY): [None] * 4,
    }


def test_a_form_in_two_classes_is_ambiguous_and_counts_in_both() -> None:
    made = tables([batch([document("супруги и дети", "rus")])], options())
    found = rows(made["gender_forms"], role=ANY, language="rus")
    assert [(row["gender"], row["form"], row["ambiguous"]) for row in found] == [
        ("feminine", "супруги", True),
        ("unspecified", "дети", False),
        ("unspecified", "супруги", True),
    ]
    assert {(row["matches"], row["documents"]) for row in found} == {(1, 1)}


LEXICON = {
    "eng": """
language = "eng"
block = ["man overboard", "lady luck"]
[woman]
singular = ["woman"]
plural = ["women"]
[lady]
singular = ["lady", "old lady"]
[man]
singular = ["man"]
plural = ["men", "old-men"]
[boy]
singular = ["son"]
[son]
singular = ["son", "SON"]
[sister]
singular = ["twin"]
[brother]
singular = ["twin"]
[sibling]
singular = ["twin"]
""",
    "tur": """
[girl]
singular = ["kız"]
[man]
singular = ["adam"]
""",
}
MEANING = {
    "eng": {
        "woman": {"feminine": "woman"},
        "women": {"feminine": "woman"},
        "lady": {"feminine": "lady"},
        "old lady": {"feminine": "lady"},
        "man": {"masculine": "man"},
        "men": {"masculine": "man"},
        "old-men": {"masculine": "man"},
        "son": {"masculine": "boy+son"},
        "twin": {"feminine": "sister", "masculine": "brother", "unspecified": "sibling"},
        "man overboard": {},
        "lady luck": {},
    },
    "tur": {"kız": {"feminine": "girl"}, "adam": {"masculine": "man"}},
}
VOCABULARY = [
    *("woman", "WOMEN", "lady", "old", "luck", "man", "overboard", "Men", "son", "Son", "twin"),
    *("KIZ", "kız", "adam", "é", "...", "!", "-", "the"),
]


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("lexicon")
    for language, content in LEXICON.items():
        (folder / f"{language}.toml").write_text(content, encoding="utf-8")
    return str(folder)


TEXT = st.lists(
    st.tuples(st.sampled_from(VOCABULARY), st.sampled_from([" ", " ", "-", "\n"])), max_size=12
).map(lambda pairs: "".join(word + gap for word, gap in pairs))


@st.composite
def corpora(draw: st.DrawFn) -> list[Document]:
    size = draw(st.integers(0, 7))
    part = st.tuples(st.integers(0, len(ROLES) - 1), TEXT)
    return [
        Document(
            tuple(draw(st.lists(part, max_size=3))),
            draw(st.sampled_from(["eng", "tur", "und"])),
            draw(st.sampled_from(["a", "b"])),
            position,
            (draw(st.sampled_from(["2024", "2025", None])),),
        )
        for position in range(size)
    ]


Key = tuple[object, ...]


class BruteForce:
    """The tables in Python integers, a document at a time."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.corpus: dict[Key, list[int]] = defaultdict(lambda: [0] * 8)
        self.lengths: dict[Key, int] = defaultdict(int)
        self.gender: dict[Key, list[int | None]] = {}
        self.contrast: dict[Key, list[int | None]] = {}
        self.terms: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
        self.forms: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
        for one in documents:
            for role in {*(ROLES[role] for role, _ in one.parts), ANY}:
                texts = [text for r, text in one.parts if role in (ROLES[r], ANY)]
                self._add(one, role, texts)

    def _add(self, one: Document, role: str, texts: list[str]) -> None:
        profile = unicode.TURKIC if one.language == "tur" else unicode.BASE
        cut = [slow_tokens.tokenise(text.encode(), profile) for text in texts]
        words = sum(len(t.words) for t in cut)
        tokens = words + sum(t.punctuation for t in cut)
        size = sum(len(text.encode()) for text in texts)
        key = (one.source, one.language, role)
        sizes = [1, int(size == 0), size, len("".join(texts)), tokens, words]
        add(self.corpus[key], [*sizes, tokens**2, words**2])
        self.lengths[*key, 1 << (words.bit_length() - 1) if words else 0] += 1
        meaning = MEANING.get(one.language)
        if meaning is None:
            for gender in ("feminine", "masculine", "unspecified", ANY):
                self.gender[*key, gender] = [None] * 5
            self.contrast[key] = [None] * 4
            return
        forms = list(meaning)
        found = [
            forms[number]
            for text in texts
            for number, _, _ in slow_tokens.find_phrases(text.encode(), profile, forms)
            if meaning[forms[number]]
        ]
        of: dict[str, int] = {
            g: sum(g in meaning[form] for form in found)
            for g in ("feminine", "masculine", "unspecified")
        }
        difference = of["feminine"] - of["masculine"]
        for gender, m in (*of.items(), (ANY, len(found))):
            sums = self.gender.setdefault((*key, gender), [0] * 5)
            add(sums, [m, int(m > 0), m * m, m * tokens, m * words])
        add(
            self.contrast.setdefault(key, [0] * 4),
            [difference, difference**2, difference * tokens, difference * words],
        )
        for form in set(found):
            for gender, concept in meaning[form].items():
                counted = [found.count(form), 1]
                add(self.terms[*key, gender, concept, form], counted)
                ambiguous = len(meaning[form]) > 1
                add(self.forms[*key[1:], gender, concept, form, form, ambiguous], counted)


def add(sums: list, more: list[int]) -> None:  # type: ignore[type-arg]
    for k, value in enumerate(more):
        sums[k] += value


def as_dict(table: pa.Table, keys: int) -> dict[Key, list[object]]:
    content = [tuple(row.values()) for row in table.to_pylist()]
    assert [r[:keys] for r in content] == sorted(r[:keys] for r in content)
    assert len({r[:keys] for r in content}) == len(content)
    return {r[:keys]: list(r[keys:]) for r in content}


quick: Callable[..., Callable[..., Callable[..., None]]] = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # type: ignore[assignment]


@quick
@given(documents=corpora())
def test_tables_equal_brute_force(lexicon: str, documents: list[Document]) -> None:
    made = tables([batch(documents)], options(lexicon, ("year",)))
    expected = BruteForce(documents)
    assert as_dict(made["corpus"], 3) == expected.corpus
    assert as_dict(made["lengths"], 4) == {k: [n] for k, n in expected.lengths.items()}
    assert as_dict(made["gender"], 4) == expected.gender
    assert as_dict(made["gender_contrast"], 3) == expected.contrast
    assert as_dict(made["gender_terms"], 6) == expected.terms
    assert as_dict(made["gender_forms"], 7) == expected.forms
    # slices are the same tables with the value of the column in place of the source
    for value in ("2024", "2025", None):
        of = [d for d in documents if d.slices == (value,)]
        sliced = BruteForce([Document(d.parts, d.language, value or "") for d in of])
        for name, keys, rows_ in (("corpus", 3, sliced.corpus), ("gender", 4, sliced.gender)):
            table = made[f"{name}_slices"]
            assert set(table["slice"].to_pylist()) <= {"year"}
            one = table.filter(pa.compute.equal(table["value"], value or "")).drop_columns("slice")
            assert as_dict(one, keys) == rows_


@quick
@given(documents=corpora(), data=st.data())
def test_tables_do_not_depend_on_batches_or_order(
    lexicon: str, documents: list[Document], data: st.DataObject
) -> None:
    settings_ = options(lexicon, ("year",))
    whole = tables([batch(documents)], settings_)
    shuffled = batch(data.draw(st.permutations(documents)))
    size = len(documents)
    cuts = sorted(data.draw(st.lists(st.integers(0, size), max_size=4)))
    # slices of one batch: Arrow arrays that begin anywhere in their buffers
    pieces = [shuffled.slice(a, b - a) for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
    apart = tables(data.draw(st.permutations(pieces)), settings_, limit=2)
    assert whole.keys() == apart.keys()
    for name in whole:
        assert apart[name].equals(whole[name]), name


def test_no_documents(lexicon: str) -> None:
    made = tables([batch([])], options(lexicon, ("year",)))
    assert {name: table.num_rows for name, table in made.items()} == dict.fromkeys(made, 0)


def test_null_without_a_lexicon_and_zero_without_a_match(tmp_path: Path) -> None:
    (tmp_path / "fra.toml").write_text('[man]\nsingular = ["homme"]\n', encoding="utf-8")
    made = tables(
        [batch([document("man", "eng"), document("man", "fra"), document("man", "und")])],
        options(str(tmp_path)),
    )
    found = {
        row["language"]: (row["matches"], row["documents"], row["matches_squared"])
        for row in rows(made["gender"], role=ANY, gender=ANY)
    }
    assert found == {"eng": (None,) * 3, "fra": (0, 0, 0), "und": (None,) * 3}
