"""Pronouns and demographic terms: by hand, by brute force, and on texts made from the lists."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import slow_tokens
from document_batches import Document, batch, document, options, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus_assay.lexicons import files, terms
from corpus_assay.lexicons.files import LexiconError
from corpus_assay.lexicons.languages import languages
from corpus_assay.transforms import (
    additive,
    compiled,
    demographics,
    kernels,
    pronouns,
    registry,
    tallies,
    unicode,
)
from corpus_assay.transforms.documents import ANY, ROLES
from corpus_assay.transforms.tokens import tokenise

MEASURES = ("corpus", "pronouns", "demographics")

# Lists of the tests' own -------------------------------------------------------------------------

PRONOUN_LISTS = {
    "eng": """
comparable = true
block = ["world war i"]
[capitalised]
"I" = "a letter"
[lowercase]
"us" = "a country"
[forms.first]
forms = ["I", "we", "us"]
[forms.second]
forms = ["you"]
[forms.third]
forms = ["it"]
[forms.feminine]
forms = ["she", "her"]
[forms.masculine]
forms = ["he"]
[forms.unspecified]
forms = ["they"]
[neopronouns.xe]
forms = ["xe", "xem", "her self"]
[neopronouns.ze]
forms = ["ze", "xem", "hir"]
[neopronouns.ey]
forms = ["ey", "they"]
""",
    # sie is she and they; Sie also the polite you; ihr she and you; du only with a small letter
    "deu": """
comparable = true
[capitalised]
"Sie" = "polite"
[lowercase]
"du" = "a test"
[forms.second]
forms = ["Sie", "ihr", "du"]
[forms.feminine]
forms = ["sie", "ihr"]
[forms.unspecified]
forms = ["sie"]
[neopronouns.dey]
forms = ["dey", "dem"]
""",
    "tur": """
comparable = false
notes = ["Turkish pronouns mark no gender."]
[forms.first]
forms = ["ben"]
[forms.second]
forms = ["sen"]
[forms.unspecified]
forms = ["o"]
""",
}


def pronoun_lists(tmp_path: Path) -> dict[str, compiled.CompiledLexicon]:
    found = {}
    for code, content in PRONOUN_LISTS.items():
        path = tmp_path / f"{code}.toml"
        path.write_text(content, encoding="utf-8")
        found[code] = compiled.compile_pronouns(terms.read_pronouns(path))
    return found


TSV = """lang\taxis\tbucket\tdescriptor\tpreference\tpolysemous
en\treligion\tfaith\tMuslim
en\treligion\tfaith\tmuslims
en\treligion\tnone\tnon-believer
en\tability\tsensory\tblind\tpolarizing\ttrue
en\tability\tsensory\tDeaf
en\tability\tsensory\tdeaf
en\tcharacter\tnone\tblind
en\tsexuality\tgay\tLGBTQ
en\tgender\tqueer\tLGBTQ+
de\treligion\tfaith\tmuslimisch
tr\tage\told\tyaşlı
"""


class Lists:
    """Lists of both kinds, and what the analyzers make of documents with them."""

    def __init__(
        self,
        of_pronouns: Mapping[str, compiled.CompiledLexicon],
        of_terms: Mapping[str, compiled.CompiledLexicon],
    ) -> None:
        self.pronouns, self.terms = of_pronouns, of_terms
        self._analyzers = {
            slice_by: (
                pronouns.analyzer(of_pronouns, slice_by),
                demographics.analyzer(of_terms, slice_by),
            )
            for slice_by in ((), ("year",))
        }

    def tables(
        self, batches: Sequence[pa.RecordBatch], slice_by: tuple[str, ...] = (), limit: int = 32
    ) -> dict[str, pa.Table]:
        merger = additive.Merger(registry.tables(MEASURES).values(), limit)
        for one in batches:
            tokens = tokenise(one)
            for analyze in self._analyzers[slice_by]:
                merger.add(analyze(tokens))
        return merger.tables()


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Lists:
    folder = tmp_path_factory.mktemp("lists")
    path = folder / "descriptors.tsv"
    path.write_text(TSV, encoding="utf-8")
    return Lists(pronoun_lists(folder), compiled.load_demographics(str(path)))


def of(tables: Mapping[str, pa.Table], name: str, key: str, **where: object) -> dict[object, tuple]:  # type: ignore[type-arg]
    """Matches and documents by a key column."""
    found = rows(tables[name], role=ANY, **where)
    return {row[key]: (row["matches"], row["documents"]) for row in found}


# By hand ------------------------------------------------------------------------------------------

NONE = dict.fromkeys(pronouns.CLASSES, (0, 0))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        # She, her: two matches; it is a third person without gender; i and US do not count
        (
            "She saw her: it is i, US us.",
            "eng",
            {"feminine": (2, 1), "gendered": (2, 1), "third": (3, 1), "first": (1, 1), ANY: (4, 1)},
        ),
        ("I saw World War I and you", "eng", {"first": (1, 1), "second": (1, 1), ANY: (2, 1)}),
        # one form of a family, twice, is no pronoun
        ("xe met xe and Xe", "eng", {}),
        # two forms: all three matches count, xem for both of its families only where both have two
        (
            "xe met xem, XE",
            "eng",
            {"neopronoun": (3, 1), "neopronoun:xe": (3, 1), "third": (3, 1), ANY: (3, 1)},
        ),
        (
            "xe xem hir",
            "eng",
            {"neopronoun": (3, 1), "neopronoun:xe": (2, 1), "neopronoun:ze": (2, 1)}
            | {"third": (3, 1), ANY: (3, 1)},
        ),
        # her self is a longer form of the family xe; they is an ordinary pronoun as well
        (
            "they and her self",
            "eng",
            {"unspecified": (1, 1), "gendered": (1, 1), "third": (1, 1), ANY: (1, 1)},
        ),
        (
            "they and ey",
            "eng",
            {"unspecified": (1, 1), "gendered": (1, 1), "third": (2, 1), ANY: (2, 1)}
            | {"neopronoun": (2, 1), "neopronoun:ey": (2, 1)},
        ),
        # sie: feminine and unspecified; Sie: second too; ihr: feminine and second; Du is none
        (
            "sie Sie ihr Du du",
            "deu",
            {"feminine": (3, 1), "unspecified": (2, 1), "second": (3, 1), "third": (3, 1)}
            | {"gendered": (3, 1), ANY: (4, 1)},
        ),
        ("Ben o sen", "tur", {"first": (1, 1), "second": (1, 1), "third": (1, 1), ANY: (3, 1)}
         | {"unspecified": (1, 1), "gendered": (1, 1)}),
    ],
)  # fmt: skip
def test_pronouns_by_hand(
    lists: Lists, text: str, language: str, expected: dict[str, tuple[int, int]]
) -> None:
    made = lists.tables([batch([document(text, language)])])
    found = of(made, "pronouns", "kind", language=language)
    assert {kind: n for kind, n in found.items() if n != (None, None)} == (
        {kind: (0, 0) for kind in counted(language)} | expected
    )


def counted(language: str) -> list[str]:
    """Kinds that the list of a language has forms of."""
    kinds = {
        "deu": {"second", "third", "feminine", "unspecified", "gendered", "neopronoun", ANY},
        "tur": {"first", "second", "third", "unspecified", "gendered", ANY},
        "heb": set(),
    }.get(language, set(pronouns.CLASSES))
    return [kind for kind in pronouns.CLASSES if kind in kinds]


def test_what_no_list_counts_is_null_and_not_zero(lists: Lists) -> None:
    documents = [document("o", "tur"), document("x", "heb"), document("sie", "deu")]
    made = lists.tables([batch(documents)])
    nothing = (None, None)
    turkish = of(made, "pronouns", "kind", language="tur")
    assert {kind for kind, n in turkish.items() if n == nothing} == {
        "feminine",
        "masculine",
        "neopronoun",
    }
    assert set(of(made, "pronouns", "kind", language="heb").values()) == {nothing}
    axes = of(made, "demographics", "axis", language="deu")
    assert axes["religion"] == axes[ANY] == (0, 0)
    assert axes["age"] == axes["ability"] == nothing
    assert set(of(made, "demographics", "axis", language="heb").values()) == {nothing}


def test_both_denominators_are_exact(lists: Lists) -> None:
    """Five documents: four with a pronoun, three with a gendered one, two feminine."""
    texts = ["she and her", "She, he", "they", "you", "nothing"]
    made = lists.tables([batch([document(text, "eng", k) for k, text in enumerate(texts)])])
    found = of(made, "pronouns", "kind", language="eng")
    assert found["feminine"] == (3, 2)
    assert found["gendered"] == (5, 3)
    assert found[ANY] == (6, 4)
    assert (found["masculine"], found["unspecified"], found["second"]) == ((1, 1),) * 3


def test_a_family_counts_in_the_whole_document(lists: Lists) -> None:
    """One form in the prompt and another in the response are two forms of the document."""
    made = lists.tables([batch([Document(((1, "xe"), (2, "xem")), "eng")])])
    for role in ("prompt", "response"):
        [row] = rows(made["pronouns"], role=role, kind="neopronoun:xe")
        assert (row["matches"], row["documents"]) == (1, 1)
    [row] = rows(made["pronouns"], role=ANY, kind="neopronoun:xe")
    assert (row["matches"], row["documents"], row["matches_squared"]) == (2, 1, 4)


def test_demographic_terms_by_hand(lists: Lists) -> None:
    documents = [
        document("Muslims and a MUSLIM, a non-believer, nonbeliever, non believer.", "eng", 0),
        document("blind deaf LGBTQ+ people", "eng", 1),
        document("blindness, muslimisch", "eng", 2),
    ]
    made = lists.tables([batch(documents)])
    assert of(made, "demographics", "axis", language="eng") == {
        "ability": (2, 1),
        "character": (1, 1),
        "gender": (1, 1),
        "religion": (5, 1),
        "sexuality": (1, 1),
        "age": (None, None),
        ANY: (8, 2),  # blind and LGBTQ once
    }
    found = rows(made["demographic_terms"], role=ANY, language="eng", source="s")
    assert [tuple(row.values()) for row in found] == [
        ("ability", "blind", "sensory", True, "polarising", 1, 1),
        ("ability", "deaf", "sensory", False, "", 1, 1),
        ("character", "blind", "sensory", True, "polarising", 1, 1),
        ("gender", "lgbtq", "gay", False, "", 1, 1),
        ("religion", "muslim", "faith", False, "", 1, 1),
        ("religion", "muslims", "faith", False, "", 1, 1),
        ("religion", "non-believer", "none", False, "", 3, 1),
        ("sexuality", "lgbtq", "gay", False, "", 1, 1),
    ]


def test_examples_are_of_the_smallest_hash_and_of_what_counts(lists: Lists) -> None:
    documents = [document(f"{k} she and xe, a Muslim {k}", "eng", k) for k in range(20)]
    made = lists.tables([batch(documents[:7]), batch(documents[7:])])
    again = lists.tables([batch(documents[::-1])])
    assert made["examples"].equals(again["examples"])
    keys = [(row["measure"], row["key"]) for row in made["examples"].to_pylist()]
    assert keys == [("demographics", "muslim")] * 3 + [("pronouns", "she")] * 3  # xe stands alone


# By brute force -----------------------------------------------------------------------------------

VOCABULARY = [
    *("She", "her", "self", "he", "THEY", "I", "i", "it", "US", "us", "you", "xe", "xem", "hir"),
    *("ze", "ey", "sie", "Sie", "ihr", "du", "Du", "dey", "dem", "o", "ben", "world", "war", "the"),
    *("Muslim", "muslims", "non", "believer", "nonbeliever", "blind", "deaf", "LGBTQ", "yaşlı"),
]
TEXT = st.lists(
    st.tuples(st.sampled_from(VOCABULARY), st.sampled_from([" ", " ", "-", "\n", "+ "])),
    max_size=10,
).map(lambda pairs: "".join(word + gap for word, gap in pairs))
Key = tuple[object, ...]


@st.composite
def corpora(draw: st.DrawFn) -> list[Document]:
    part = st.tuples(st.integers(0, len(ROLES) - 1), TEXT)
    return [
        Document(
            tuple(draw(st.lists(part, max_size=3))),
            draw(st.sampled_from(["eng", "deu", "tur", "heb"])),
            draw(st.sampled_from(["a", "b"])),
            position,
            (draw(st.sampled_from(["2024", None])),),
        )
        for position in range(draw(st.integers(0, 6)))
    ]


Found = tuple[str, bool]
"""A form as the list spells it, and whether its first letter is a capital."""


class BruteForce:
    """The tables in Python integers, a document at a time."""

    def __init__(self, documents: Sequence[Document], first: str = "source") -> None:
        self.pronouns: dict[Key, list[int]] = defaultdict(lambda: [0] * 5)
        self.forms: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
        self.axes: dict[Key, list[int]] = defaultdict(lambda: [0] * 5)
        self.terms: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
        for one in documents:
            value = one.source if first == "source" else one.slices[0] or ""
            families = confirmed(one)
            for role in {*(ROLES[role] for role, _ in one.parts), ANY}:
                texts = [text for r, text in one.parts if role in (ROLES[r], ANY)]
                self._add(one.language, (value, one.language, role), texts, families)

    def _add(self, language: str, key: Key, texts: Sequence[str], families: set[str]) -> None:
        cut = [slow_tokens.tokenise(text.encode(), profile(language)) for text in texts]
        words = sum(len(t.words) for t in cut)
        tokens = words + sum(t.punctuation for t in cut)
        kinds: dict[str, int] = dict.fromkeys(counted(language), 0)
        forms: dict[Key, int] = defaultdict(int)
        for text in texts:
            for form in pronouns_in(text, language):
                listed = [k for k in form.kinds if not k.startswith("neopronoun")]
                own = [k for k in form.kinds if k in families]
                for kind in {*unions(listed, own), *listed, *own}:
                    kinds[kind] = kinds.get(kind, 0) + 1
                for kind in (*listed, *own):
                    forms[(*key[1:], kind, form.text, form.ambiguous)] += 1
        for kind, m in kinds.items():
            if m or not kind.startswith("neopronoun:"):
                add(self.pronouns[*key, kind], [m, int(m > 0), m * m, m * tokens, m * words])
        for form_key, m in forms.items():
            add(self.forms[form_key], [m, 1])
        axes: dict[str, int] = dict.fromkeys(AXES.get(language, ()), 0)
        of_terms: dict[Key, int] = defaultdict(int)
        for text in texts:
            for concept in concepts_in(text, language):
                for axis in (*CONCEPTS[concept][0], ANY):
                    axes[axis] += 1
                for axis in CONCEPTS[concept][0]:
                    of_terms[(*key, axis, concept, *CONCEPTS[concept][1:])] += 1
        for axis, m in axes.items():
            add(self.axes[*key, axis], [m, int(m > 0), m * m, m * tokens, m * words])
        for term, m in of_terms.items():
            add(self.terms[term], [m, 1])


def add(sums: list[int], more: list[int]) -> None:
    for k, value in enumerate(more):
        sums[k] += value


def profile(language: str) -> int:
    return unicode.TURKIC if language == "tur" else unicode.BASE


@dataclass(frozen=True)
class Form:
    """A form as its list spells it and the kinds it is listed under."""

    text: str
    kinds: tuple[str, ...]

    @property
    def ambiguous(self) -> bool:
        return len(self.kinds) > 1


def always(text: str, *kinds: str) -> tuple[Form, Form]:
    return Form(text, kinds), Form(text, kinds)


# What each word stands for without a capital, and with one.
MEANING: dict[str, dict[str, tuple[Form | None, Form | None]]] = {
    "eng": {
        "world war i": (None, None),
        "I": (None, Form("I", ("first",))),
        "us": (Form("us", ("first",)), None),
        "we": always("we", "first"),
        "you": always("you", "second"),
        "it": always("it", "third"),
        "she": always("she", "feminine"),
        "her": always("her", "feminine"),
        "he": always("he", "masculine"),
        "they": always("they", "unspecified", "neopronoun:ey"),
        "xe": always("xe", "neopronoun:xe"),
        "xem": always("xem", "neopronoun:xe", "neopronoun:ze"),
        "her self": always("her self", "neopronoun:xe"),
        "ze": always("ze", "neopronoun:ze"),
        "hir": always("hir", "neopronoun:ze"),
        "ey": always("ey", "neopronoun:ey"),
    },
    "deu": {
        "sie": (
            Form("sie", ("feminine", "unspecified")),
            Form("Sie", ("second", "feminine", "unspecified")),
        ),
        "ihr": always("ihr", "second", "feminine"),
        "du": (Form("du", ("second",)), None),
        "dey": always("dey", "neopronoun:dey"),
        "dem": always("dem", "neopronoun:dey"),
    },
    "tur": {
        "ben": always("ben", "first"),
        "sen": always("sen", "second"),
        "o": always("o", "unspecified"),
    },
}
# Axes, bucket, polysemous and preference of each descriptor.
CONCEPTS: dict[str, tuple[tuple[str, ...], str, bool, str]] = {
    "muslim": (("religion",), "faith", False, ""),
    "muslims": (("religion",), "faith", False, ""),
    "non-believer": (("religion",), "none", False, ""),
    "blind": (("ability", "character"), "sensory", True, "polarising"),
    "deaf": (("ability",), "sensory", False, ""),
    "lgbtq": (("sexuality", "gender"), "gay", False, ""),
    "muslimisch": (("religion",), "faith", False, ""),
    "yaşlı": (("age",), "old", False, ""),
}
TERMS = {
    "eng": [
        *("muslim", "muslims", "blind", "deaf", "lgbtq"),
        *("non-believer", "non believer", "nonbeliever"),
    ],
    "deu": ["muslimisch"],
    "tur": ["yaşlı"],
}
AXES = {
    "eng": ("religion", "ability", "character", "sexuality", "gender", ANY),
    "deu": ("religion", ANY),
    "tur": ("age", ANY),
}
ALL_AXES = {*AXES["eng"], "age"}


def pronouns_in(text: str, language: str) -> Iterator[Form]:
    """What each match in a text stands for, neopronouns whether they count or not."""
    forms = MEANING.get(language, {})
    raw = text.encode()
    words = slow_tokens.tokenise(raw, profile(language)).words
    for number, first, _ in slow_tokens.find_phrases(raw, profile(language), list(forms)):
        form = list(forms.values())[number][words[first].upper]
        if form is not None:
            yield form


def confirmed(one: Document) -> set[str]:
    """Families with two different forms in a document."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, text in one.parts:
        for form in pronouns_in(text, one.language):
            for kind in form.kinds:
                found[kind].add(form.text)
    return {k for k, texts in found.items() if k.startswith("neopronoun") and len(texts) > 1}


def unions(listed: Sequence[str], families: Sequence[str]) -> set[str]:
    """The unions that a match belongs to."""
    found = {ANY} if listed or families else set()
    if {"feminine", "masculine", "unspecified"}.intersection(listed):
        found |= {"gendered", "third"}
    return found | ({"neopronoun", "third"} if families else set())


def concepts_in(text: str, language: str) -> Iterator[str]:
    forms = TERMS.get(language, [])
    for number, _, _ in slow_tokens.find_phrases(text.encode(), profile(language), forms):
        spelt = forms[number]
        yield "non-believer" if spelt.startswith("non") else spelt


quick: Callable[..., Callable[..., Callable[..., None]]] = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # type: ignore[assignment]


def as_dict(table: pa.Table, keys: int) -> dict[Key, list[object]]:
    content = [tuple(row.values()) for row in table.to_pylist()]
    assert [r[:keys] for r in content] == sorted(r[:keys] for r in content)
    assert len({r[:keys] for r in content}) == len(content)
    return {r[:keys]: list(r[keys:]) for r in content}


def without_nulls(found: dict[Key, list[object]]) -> dict[Key, list[object]]:
    return {key: values for key, values in found.items() if values[0] is not None}


@quick
@given(documents=corpora())
def test_tables_equal_brute_force(lists: Lists, documents: list[Document]) -> None:
    made = lists.tables([batch(documents)], ("year",))
    expected = BruteForce(documents)
    found = as_dict(made["pronouns"], 4)
    assert without_nulls(found) == expected.pronouns
    for (*_, language, _, kind), values in found.items():
        assert (values[0] is None) == (kind not in counted(str(language)) and ":" not in str(kind))
    found = as_dict(made["demographics"], 4)
    assert without_nulls(found) == expected.axes
    for (*_, language, _, axis), values in found.items():
        assert (values[0] is None) == (axis not in AXES.get(str(language), ()))
    assert {str(key[3]) for key in found} == (ALL_AXES if documents else set())
    assert as_dict(made["pronoun_forms"], 5) == expected.forms
    assert as_dict(made["demographic_terms"], 8) == expected.terms
    sliced = BruteForce(documents, "slice")
    slices = as_dict(made["pronoun_slices"].drop_columns("slice"), 4)
    assert without_nulls(slices) == sliced.pronouns
    assert without_nulls(as_dict(made["demographic_slices"].drop_columns("slice"), 4)) == (
        sliced.axes
    )


@quick
@given(documents=corpora(), data=st.data())
def test_tables_do_not_depend_on_batches_or_order(
    lists: Lists, documents: list[Document], data: st.DataObject
) -> None:
    whole = lists.tables([batch(documents)], ("year",))
    shuffled = batch(data.draw(st.permutations(documents)))
    size = len(documents)
    cuts = sorted(data.draw(st.lists(st.integers(0, size), max_size=4)))
    pieces = [shuffled.slice(a, b - a) for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
    apart = lists.tables(data.draw(st.permutations(pieces)), ("year",), limit=2)
    assert whole.keys() == apart.keys()
    for name in whole:
        assert apart[name].equals(whole[name]), name


def test_no_documents_and_no_lists(lists: Lists) -> None:
    made = lists.tables([batch([])])
    assert {name: table.num_rows for name, table in made.items()} == dict.fromkeys(made, 0)
    nothing = Lists({}, {}).tables([batch([document("she and a Muslim")])])
    assert {r["matches"] for r in nothing["pronouns"].to_pylist()} == {None}
    assert nothing["demographic_terms"].num_rows == nothing["pronoun_forms"].num_rows == 0


# GAP ----------------------------------------------------------------------------------------------

PRONOUN_SETS = {
    "first": {"me", "my", "mine", "myself", "we", "our", "ours", "ourselves"},
    "second": {"you", "your", "yours", "yourself", "yourselves"},
    "feminine": {"she", "her", "hers", "herself"},
    "masculine": {"he", "him", "his", "himself"},
    "unspecified": {"they", "them", "their", "theirs", "theirself", "themself", "themselves"},
}


@pytest.fixture(scope="module")
def gap(corpora: Path) -> list[tuple[str, str]]:
    """Text and the pronoun it was chosen for, of every snippet."""
    found = []
    for path in sorted((corpora / "coref" / "gap").glob("*.tsv")):
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                found.append((row["Text"], row["Pronoun"]))
    return found


def test_gap_pronouns_equal_an_independent_count(gap: list[tuple[str, str]]) -> None:
    """The other count is `re` and Python's sets; the words that the list asks a case of or that
    stand in its phrases (I, us, mine) are left out of it."""
    assert len(gap) == 4454
    analyze = pronouns.analyzer(compiled.load_pronouns(), ())
    tokens = tokenise(batch([document(text, "eng", k) for k, (text, _) in enumerate(gap)]))
    made = analyze(tokens)
    forms: dict[str, tuple[int, int]] = {
        row["form"]: (row["matches"], row["documents"])
        for row in made["pronoun_forms"].to_pylist()
        if row["role"] == ANY and not row["kind"].startswith("neopronoun")
    }
    words = [re.findall(r"[^\W_]+", text.lower()) for text, _ in gap]
    for names in PRONOUN_SETS.values():
        for word in names - {"mine"}:
            expected = sum(of.count(word) for of in words), sum(word in of for of in words)
            assert forms.get(word, (0, 0)) == expected, word
    kinds = {
        row["kind"]: (row["matches"], row["documents"])
        for row in made["pronouns"].to_pylist()
        if row["role"] == ANY
    }
    for kind in ("feminine", "masculine", "unspecified", "second"):
        names = PRONOUN_SETS[kind]
        with_one = [sum(word in names for word in of) for of in words]
        assert kinds[kind] == (sum(with_one), sum(n > 0 for n in with_one)), kind


def test_gap_shares_are_near_the_balance_it_was_built_with(gap: list[tuple[str, str]]) -> None:
    """Half of the snippets were chosen for a feminine pronoun. More than half hold one, and more
    still a masculine one, since snippets about one person name others: exactly those snippets of
    the other half in which a pronoun of the class stands as well."""
    analyze = pronouns.analyzer(compiled.load_pronouns(), ())
    texts = [document(text, "eng", k) for k, (text, _) in enumerate(gap)]
    kinds = {
        row["kind"]: row["documents"]
        for row in analyze(tokenise(batch(texts)))["pronouns"].to_pylist()
        if row["role"] == ANY
    }
    for kind in ("feminine", "masculine"):
        names = PRONOUN_SETS[kind]
        chosen = [pronoun.lower() in names for _, pronoun in gap]
        assert abs(sum(chosen) / len(gap) - 0.5) < 0.001
        also = sum(
            not here and not names.isdisjoint(re.findall(r"[^\W_]+", text.lower()))
            for here, (text, _) in zip(chosen, gap, strict=True)
        )
        assert kinds[kind] == sum(chosen) + also
        assert 0.5 < kinds[kind] / len(gap) < 0.67


# The bundled lists --------------------------------------------------------------------------------


def test_the_axes_are_those_of_holistic_bias() -> None:
    assert set(terms.axes()) == {
        *("ability", "age", "body_type", "characteristics", "cultural", "gender_and_sex"),
        *("nationality", "political_ideologies", "race_ethnicity", "religion"),
        *("sexual_orientation", "socioeconomic_class"),
    }


@pytest.mark.parametrize("language", terms.pronoun_languages())
def test_each_list_of_pronouns(language: str) -> None:
    words = terms.pronouns(language)
    assert words.language == language
    assert words.source
    assert list(terms.pronoun_faults(words, languages()[language].script)) == []


@pytest.mark.parametrize("language", terms.demographic_languages())
def test_each_list_of_demographic_terms(language: str) -> None:
    words = terms.demographics(language)
    assert words.language == language
    assert words.source
    assert list(terms.demographic_faults(words, languages()[language].script)) == []


LATIN, CYRILLIC = "aeopcxyAEOPCXHKMTB", "аеорсхуАЕОРСХНКМТВ"
"""Letters that look alike."""
UNSEGMENTED = {"Hans", "Hant", "Jpan", "Thai"}
RADICALS = {
    ord(unicodedata.normalize("NFKC", chr(radical))): chr(radical)
    for radical in range(0x2F00, 0x2FD6)
}
"""Han characters, and the signs for them as radicals, which look the same and are no words."""
KATAKANA = str.maketrans("口二工力夕卜八ロニエカタトハ", "ロニエカタトハ口二工力夕卜八")
LAO = {letter: letter + 0x80 for letter in range(0x0E01, 0x0E5C)}
"""Thai letters, and those of Lao in the same places of Unicode."""


def in_case(text: str, case: int) -> str:
    """A text written as its entry asks."""
    if case == kernels.CAPITALISED:
        return text[0].upper() + text[1:]
    return text[0].lower() + text[1:] if case == kernels.LOWERCASE else text


def matches_of(language: str, lexicon: compiled.CompiledLexicon, texts: Sequence[str]) -> list[str]:
    """The entries that stand for something in some texts, as the list spells them."""
    lists = tallies.Lists.of({language: lexicon})
    found = lists.find(tokenise(batch([document("".join(texts), language)])))
    rows_found = lists.entries.take(pa.array(found.entries))
    return rows_found.filter(pc.not_equal(rows_found["concepts"], ""))["text"].to_pylist()


@pytest.mark.parametrize("language", terms.demographic_languages())
def test_a_text_with_every_descriptor_once_finds_every_one_once(language: str) -> None:
    """Each form in a line of its own; a blocked text that is longer cannot reach over a full
    stop."""
    lexicon = compiled.compile_demographics(terms.demographics(language))
    entries = lexicon.entries.filter(pc.not_equal(lexicon.entries["concepts"], ""))
    texts = entries["text"].to_pylist()
    written = [in_case(row["text"], row["case"]) for row in entries.to_pylist()]
    found = matches_of(language, lexicon, [f"{text}.\n\n" for text in written])
    assert Counter(found) == Counter(texts)


@pytest.mark.parametrize(
    "language",
    [code for code in terms.demographic_languages() if languages()[code].script not in UNSEGMENTED],
)
def test_look_alikes_of_descriptors_are_not_found(language: str) -> None:
    """Longer words that hold a form, and homographs with letters of another script. Without
    spaces a longer word is the word and another: those languages are below."""
    lexicon = compiled.compile_demographics(terms.demographics(language))
    texts = lexicon.entries["text"].to_pylist()
    inside = [re.sub(r"[^\W_]+", lambda word: f"qzx{word[0]}0", text) for text in texts]
    pair = (CYRILLIC, LATIN) if languages()[language].script == "Cyrl" else (LATIN, CYRILLIC)
    table = str.maketrans(*pair)
    alike = [
        text.translate(table)
        for text in texts
        if all(word.translate(table) != word for word in re.findall(r"[^\W_]+", text))
    ]
    assert matches_of(language, lexicon, [f"{text}.\n\n" for text in [*inside, *alike]]) == []


@pytest.mark.parametrize(
    "language",
    [code for code in terms.demographic_languages() if languages()[code].script in UNSEGMENTED],
)
def test_look_alikes_without_spaces_are_not_found(language: str) -> None:
    """Characters of a form with others between them, and homographs of all its characters. What
    is one character by itself is a word there and no look-alike."""
    lexicon = compiled.compile_demographics(terms.demographics(language))
    texts = [text for text in lexicon.entries["text"].to_pylist() if not text.isascii()]
    torn = ["〻".join(text) for text in texts]
    alike = [
        made
        for text in texts
        for table in ((LAO,) if language == "tha" else (RADICALS, KATAKANA))
        if set(made := text.translate(table)).isdisjoint(text)
    ]
    assert alike
    found = matches_of(language, lexicon, [f"{text}\n\n" for text in [*torn, *alike]])
    assert [text for text in found if len(text) > 1] == []


# Files --------------------------------------------------------------------------------------------


HOLISTIC_BIAS = """{
 "ability": {"auditory": ["Deaf", {"descriptor": "hard-of-hearing"},
   {"descriptor": "hearing-impaired", "preference": "dispreferred"}], "general": []},
 "race_ethnicity": {"white": [{"descriptor": "white", "preference": "polarizing"}]},
 "sexual_orientation": {"lgbt": ["LGBTQ+", "LGBTQ"]},
 "gender_and_sex": {"lgbt": ["LGBTQ+"]}
}"""


def test_descriptors_in_the_layout_of_holistic_bias(tmp_path: Path) -> None:
    path = tmp_path / "descriptors_v1.1.json"
    path.write_text(HOLISTIC_BIAS, encoding="utf-8")
    [words] = terms.read_descriptors(path).values()
    assert words.language == "eng"
    assert words.descriptors == {
        one.id: one
        for one in (
            terms.Descriptor("deaf", ("ability",), "auditory"),
            terms.Descriptor("hard-of-hearing", ("ability",), "auditory"),
            terms.Descriptor(
                "hearing-impaired", ("ability",), "auditory", preference="dispreferred"
            ),
            terms.Descriptor("white", ("race_ethnicity",), "white", preference="polarising"),
            terms.Descriptor("lgbtq", ("sexual_orientation", "gender_and_sex"), "lgbt"),
        )
    }
    assert {form.text for form in words.forms} == {
        *("Deaf", "white", "LGBTQ+", "LGBTQ"),
        *("hard-of-hearing", "hard of hearing", "hardofhearing"),
        *("hearing-impaired", "hearing impaired", "hearingimpaired"),
    }
    wanted = replace(options(), descriptors=str(path))
    tables = registry.analyzer(("demographics",), wanted)(
        batch([document("A hearing impaired LGBTQ person, Muslim.")])
    )
    found = {
        r["axis"]: r["matches"] for r in tables["demographics"].to_pylist() if r["role"] == ANY
    }
    assert found == {"ability": 1, "race_ethnicity": 0, "sexual_orientation": 1} | {
        "gender_and_sex": 1,
        ANY: 2,
    }


def test_descriptors_of_several_languages(tmp_path: Path) -> None:
    path = tmp_path / "own.tsv"
    path.write_text("\ufeff" + TSV + "\n\t\t\t\n", encoding="utf-8")
    found = terms.read_descriptors(path)
    assert sorted(found) == ["deu", "eng", "tur"]
    assert found["tur"].descriptors["yaşlı"] == terms.Descriptor("yaşlı", ("age",), "old")
    blind = found["eng"].descriptors["blind"]
    assert (blind.axes, blind.polysemous, blind.preference) == (
        ("ability", "character"),
        True,
        "polarising",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no column 'lang'"),
        ("{", "not in the layout of HolisticBias"),
        ('{"a": []}', "not in the layout of HolisticBias"),
        ('{"a": {"b": "c"}}', "not in the layout of HolisticBias"),
        ('{"a": {"b": [1]}}', "not in the layout of HolisticBias"),
        ('{"a": {"b": [{"preference": "x"}]}}', "not in the layout of HolisticBias"),
        ('{"a": {"b": ["\\ud800"]}}', "is no text"),
        ("{}", "no descriptor in it"),
        ('{"a": {"b": []}}', "no descriptor in it"),
        ("lang\taxis\tbucket\n", "no column 'descriptor'"),
        ("lang\taxis\tbucket\tdescriptor\n", "no descriptor in it"),
        ("lang\taxis\tbucket\tdescriptor\nxx-none\ta\tb\tc\n", "line 2: needs a language"),
        ("lang\taxis\tbucket\tdescriptor\nen\t\tb\tc\n", "line 2: needs a language"),
        ("lang\taxis\tbucket\tdescriptor\nen\ta\n", "line 2: needs a language"),
    ],
)
def test_faulty_files_of_descriptors(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "own"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        terms.read_descriptors(path)


def test_files_that_cannot_be_read_or_are_too_much(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="--descriptors takes a JSON or TSV file"):
        terms.read_descriptors(tmp_path / "none")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(LexiconError, match="neither JSON nor a table in UTF-8"):
        terms.read_descriptors(tmp_path / "bytes")
    axes = ",".join(f'"a{k}": {{"b": ["c{k}"]}}' for k in range(terms.MAX_AXES + 1))
    (tmp_path / "axes").write_text(f"{{{axes}}}")
    with pytest.raises(LexiconError, match="32 axes; at most"):
        terms.read_descriptors(tmp_path / "axes")
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(files.MAX_FILE_BYTES + 1)
    with pytest.raises(LexiconError, match="larger than 64 MiB"):
        terms.read_descriptors(tmp_path / "huge")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff", "x.toml: 'utf-8' codec"),
        (b"[forms", "x.toml: "),
        (b"[forms.first]\nforms = ['I']", "comparable must be true or false"),
        (b"comparable = 1", "comparable must be true or false"),
        (b"comparable = true\nform = 1", r"unknown keys \['form'\]"),
        (b"comparable = true\nforms = []", r"\[forms\] must hold tables"),
        (b"comparable = true\n[forms]\nfirst = ['I']", r"\[forms.first\] must be a table"),
        (b"comparable = true\n[forms.fourth]\nforms = ['I']", r"\[forms.fourth\] is none of"),
        (b"comparable = true\n[forms.first]\nforms = 'I'", "must be a list of strings"),
        (b"comparable = true\n[forms.first]\nform = ['I']", r"unknown keys \['form'\]"),
        (b"comparable = true\n[ambiguous]\nI = 1", "must hold a form and a reason"),
    ],
)
def test_faulty_pronouns_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(LexiconError, match=message):
        terms.read_pronouns(path)


def test_faults_of_pronouns(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(
        "comparable = true\nblock = ['me']\n[ambiguous]\nwe = 'x'\n[forms.first]\n"
        "forms = ['me', 'me', 'we ']\n[neopronouns.xe]\nforms = ['xe']\n"
    )
    assert list(terms.pronoun_faults(terms.read_pronouns(path), "Latn")) == [
        "[first]: 'me' stands twice",
        "[first]: 'we ' is empty or has blanks at its ends or in a row",
        "block: 'me' is a form as well",
        "[ambiguous] 'we' is not a form",
        "[neopronoun:xe] has one form, and a family counts only where two stand together",
        "[forms.second] has no form",
        "no third person is listed, and no note says why",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[wombat]\nforms = ['wombat']", r"\[wombat\] is none of concepts.toml"),
        ("[wombat]\naxis = 'animal'\nbucket = 'b'", r"\[wombat\] axis is 'animal'; there are"),
        ("[muslim]\naxis = []", "axis is"),
        ("muslim = 1", r"\[muslim\] must be a table"),
        ("[muslim]\nform = []", r"unknown keys \['form'\]"),
        ("[muslim]\nforms = 'x'", "must be a list of strings"),
        ("[muslim]\nnouns = 'x'", "nouns must be a list"),
        ("[muslim]\nadjectives = [{ lemma = 'x', stam = 'y' }]", r"unknown keys \['stam'\]"),
        ("[muslim]\npolysemous = 1", "polysemous must be true or false"),
        ("[muslim]\npreference = 'liked'", "preference is 'liked'"),
    ],
)
def test_faulty_demographic_terms_are_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "eng.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        terms.read_demographics(path)


def test_demographic_terms_are_inflected_and_spelt_in_three_ways(tmp_path: Path) -> None:
    path = tmp_path / "eng.toml"
    path.write_text(
        "[omit]\n'nonbinaries' = 'a test'\n[nonbinary]\nnouns = ['non-binary']\n"
        "adjectives = ['non-binary']\n[muslim]\nforms = ['Muslim']\n",
        encoding="utf-8",
    )
    words = terms.read_demographics(path)
    texts = {form.text for form in words.forms}
    assert {"non-binary", "non binary", "nonbinary", "non-binaries", "Muslim"} <= texts
    assert "nonbinaries" not in texts
    assert {form.text for form in words.omitted} == {"nonbinaries"}
    assert list(terms.demographic_faults(words, "Latn")) == []
    [joined] = [form for form in words.forms if form.text == "nonbinary"]
    assert joined.lemma == "non-binary"
    assert "the hyphen left out" in joined.rule


# Compiled -----------------------------------------------------------------------------------------


def test_a_form_that_means_more_with_a_capital_has_two_rows(lists: Lists) -> None:
    entries = {row["text"]: row for row in lists.pronouns["deu"].entries.to_pylist()}
    assert entries["sie"]["concepts"] == "feminine+unspecified"
    assert set(entries["Sie"]["concepts"].split("+")) == {"second", "feminine", "unspecified"}
    assert entries["sie"]["case"] == 0
    assert entries["Sie"]["case"] != 0


@pytest.mark.parametrize("kind", [compiled.PRONOUNS, compiled.DEMOGRAPHICS])
def test_stored_lists_are_those_that_would_be_compiled(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "FOLDER", tmp_path)
    assert compiled._stored("eng", kind) is None
    path = compiled.store("eng", kind)
    assert path == tmp_path / f"{kind}-eng.arrow"
    stored = compiled._stored("eng", kind)
    assert stored is not None
    fresh = compiled._BUNDLED[kind].compiled("eng")
    assert stored.entries.equals(fresh.entries)
    assert stored.about == fresh.about
