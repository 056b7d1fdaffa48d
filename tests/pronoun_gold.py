"""How many personal pronouns of a treebank the lists find, under the right person and gender.

    python tests/pronoun_gold.py [LANG …] [--misses]

Gold: words of Universal Dependencies treebanks with ``PronType=Prs`` and a Person (in a treebank
that annotates no PronType, words of the part of speech PRON with a Person). The first and second
person must be counted as such. A third person must be counted under its gender, feminine or
masculine, where that of the person is annotated and the form is of one person: of a possessive
Gender[psor], else Gender. In the plural, in the neuter and without a gender any third person is
right: most languages tell no gender there. In languages whose pronouns have none (`GENDERLESS`),
what is annotated is that of the context, and only the person is looked at.

Words are shown in small letters, with a plus where they are written together with the word before
(a suffix, a clitic) and with (expl) where they are expletive: no person or thing is meant.

Recall = gold words that a match with the right kind covers; a word of a multi-word token is
covered where the token is. Precision = matches that cover a gold word of one of their kinds.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from document_batches import batch, document
from treebanks import CORPORA, Token, sentences

from corpus_assay.lexicons import terms
from corpus_assay.lexicons.languages import languages
from corpus_assay.transforms.compiled import compile_pronouns as compiled_list
from corpus_assay.transforms.pronouns import CLASSES, compile_pronouns
from corpus_assay.transforms.tokens import tokenise

TREEBANKS = {
    **{code: f"{code}-pud" for code in ("arb", "ces", "deu", "eng", "fra", "hin", "rus", "tha")},
    "fin": "fi_tdt-ud-dev",
    "hun": "hu_szeged-ud-dev",
    "tur": "tr_imst-ud-dev",
}

GENDERLESS = {"fin", "hin", "hun", "tur"}
"""Languages whose third person does not mark gender."""

UNSPACED = {"Hans", "Hant", "Jpan", "Thai"}
"""Scripts in which every word is written together with the one before."""

FIRST, SECOND, THIRD = "first", "second", "third"
PERSONS = {"1": FIRST, "2": SECOND, "3": THIRD}
AGREEING = {"ces", "deu", "fra", "rus", "hin"}
"""Languages whose possessives agree with what is owned: their Gender is not that of the person."""


@dataclass(frozen=True)
class Found:
    """A match: its bytes in the line, as written, and its kinds (unions among them)."""

    start: int
    end: int
    form: str
    kinds: frozenset[str]


def find(language: str, lines: Sequence[str]) -> list[list[Found]]:
    """The pronouns of each line, as an audit finds them."""
    matcher = compile_pronouns({language: compiled_list(terms.pronouns(language))})
    tokens = tokenise(batch([document(line, language=language) for line in lines]))
    found, masks, _ = matcher.find(tokens)
    rows: list[list[Found]] = [[] for _ in lines]
    for first, last, part, mask in zip(found.firsts, found.lasts, found.parts, masks, strict=True):
        low = tokens.part_offsets[part]
        start, end = int(tokens.starts[first] - low), int(tokens.ends[last] - low)
        line = int(tokens.part_document[part])
        form = lines[line].encode()[start:end].decode()
        kinds = frozenset(kind for bit, kind in enumerate(CLASSES[:-1]) if mask >> bit & 1)
        rows[line].append(Found(start, end, form, kinds))
    return rows


def gold_kind(token: Token, language: str, typed: bool) -> str | None:
    """The kind under which a token must count; None for what is no personal pronoun."""
    features = token.features
    personal = features.get("PronType") == "Prs" if typed else token.pos == "PRON"
    person = PERSONS.get(features.get("Person", ""))
    if not personal or person is None or features.get("Foreign") == "Yes":
        return None
    if person != THIRD or language in GENDERLESS:
        return person
    if features.get("Poss") == "Yes" and language in AGREEING:
        gender, number = features.get("Gender[psor]"), features.get("Number[psor]")
    else:
        gender, number = features.get("Gender"), features.get("Number")
    if number == "Plur":
        return THIRD
    return {"Fem": "feminine", "Masc": "masculine", "Masc,Neut": "masculine"}.get(
        gender or "", THIRD
    )


def shown(token: Token, language: str) -> str:
    """A token as it is named in lists of exceptions."""
    joined = "+" if token.joined and languages()[language].script not in UNSPACED else ""
    return joined + token.form.lower() + (" (expl)" if token.relation.startswith("expl") else "")


@dataclass(frozen=True)
class Gold:
    """`found` and `every` count gold words by kind and how they are `shown`; `right` and
    `matches` count matches by form, with and without a gold word of one of their kinds."""

    found: Counter[tuple[str, str]]
    every: Counter[tuple[str, str]]
    right: Counter[str]
    matches: Counter[str]

    def recall(self, without: Iterable[str] = ()) -> tuple[int, int]:
        """Found and all gold words, but for some forms."""
        left_out = frozenset(without)
        found, every = (
            sum(n for (_, form), n in counts.items() if form not in left_out)
            for counts in (self.found, self.every)
        )
        return found, every

    def precision(self) -> tuple[int, int]:
        """Right and all matches."""
        return self.right.total(), self.matches.total()


def against_gold(language: str) -> Gold:
    """Count the pronouns of a language's treebank."""
    lines = list(sentences(CORPORA / "ud" / f"{TREEBANKS[language]}.conllu"))
    typed = any("PronType" in token.features for _, tokens in lines for token in tokens)
    found: Counter[tuple[str, str]] = Counter()
    every: Counter[tuple[str, str]] = Counter()
    right: Counter[str] = Counter()
    matches: Counter[str] = Counter()
    for (_, tokens), of_line in zip(
        lines, find(language, [text for text, _ in lines]), strict=True
    ):
        gold = [(token, gold_kind(token, language, typed)) for token in tokens]
        for token, kind in gold:
            if kind is not None:
                key = kind, shown(token, language)
                every[key] += 1
                over = (m for m in of_line if m.start < token.end and token.start < m.end)
                found[key] += any(kind in match.kinds for match in over)
        for match in of_line:
            matches[match.form.lower()] += 1
            right[match.form.lower()] += any(
                kind in match.kinds and token.start < match.end and match.start < token.end
                for token, kind in gold
            )
    return Gold(found, every, right, matches)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("language", nargs="*", help="ISO 639-3 codes; all treebanks without")
    parser.add_argument("--misses", action="store_true", help="forms missed and wrongly counted")
    arguments = parser.parse_args()
    for language in arguments.language or TREEBANKS:
        gold = against_gold(language)
        (found, every), (right, matches) = gold.recall(), gold.precision()
        print(
            f"{language}: recall {found} of {every} ({found / max(every, 1):.3f}), "
            f"precision {right} of {matches} ({right / max(matches, 1):.3f})"
        )
        if arguments.misses:
            missed = gold.every - gold.found
            print("  missed:", ", ".join(f"{f} ({k}) {n}" for (k, f), n in missed.most_common(60)))
            wrong = gold.matches - gold.right
            print("  wrong:", ", ".join(f"{f} {n}" for f, n in wrong.most_common(40)))


if __name__ == "__main__":
    main()
