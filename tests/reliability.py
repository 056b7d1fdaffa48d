"""How reliable each lexicon is: against gold lemmas, and against the same news in English.

    python tests/reliability.py [LANG …] [--misses] [--lines CLASS] [--forms]

Gold: Universal Dependencies treebanks of the corpora folder. Over the base forms of
``tests/base_forms.json`` (fixed before anything was measured): recall = gold words with such a lemma
 that a match covers, precision = matches of such a lemma's forms that cover such a token.
News: NTREX-128, matches per document and class against the English lexicon on the English text,
Spearman's rank correlation, and totals over English's. ``--misses`` prints what was missed and
what was wrongly found; ``--lines feminine`` the news lines whose counts differ most from
English; ``--forms`` the forms found in the news.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from document_batches import batch, document

from corpus_assay.lexicons import gender
from corpus_assay.lexicons.languages import languages
from corpus_assay.transforms.compiled import compile_lexicon
from corpus_assay.transforms.gender import compile_lexicons
from corpus_assay.transforms.matching import sequences
from corpus_assay.transforms.tokens import tokenise

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
BASE_FORMS = Path(__file__).with_name("base_forms.json")
TREEBANKS = {
    path.name.split("-")[0].split("_")[0]: path
    for path in sorted((CORPORA / "ud").glob("*.conllu"))
}
TREEBANKS = {{"fi": "fin", "hu": "hun", "tr": "tur"}.get(k, k): v for k, v in TREEBANKS.items()}
NOT_NOUNS = ("VERB", "AUX", "ADV", "ADP", "PROPN", "CCONJ", "SCONJ", "PART")
"""Parts of speech whose lemma is another word than the noun with the same letters."""


@dataclass(frozen=True)
class Found:
    """A match in a line: its classes, and the bytes it covers."""

    line: int
    form: str
    lemmas: frozenset[str]
    classes: tuple[bool, bool, bool]
    start: int
    end: int


def find(lexicon: gender.Lexicon, lines: list[str], core: bool = True) -> list[Found]:
    """Matches of a lexicon in lines, as an audit finds them."""
    language = lexicon.language
    compiled = compile_lexicons({language: compile_lexicon(lexicon)}, core=core)
    tokens = tokenise(batch([document(line, language=language) for line in lines]))
    found = compiled.find(tokens)
    rows = []
    for k in range(len(found)):
        entry, part = found.entries[k], found.parts[k]
        sense = compiled.senses[entry]
        low = tokens.part_offsets[part]
        rows.append(
            Found(
                int(tokens.part_document[part]),
                compiled.matcher.texts[entry].as_py(),
                frozenset(compiled.lemmas[sense].as_py().split("+")),
                tuple(bool(compiled.masks[sense] >> c & 1) for c in range(3)),
                int(tokens.starts[found.firsts[k]] - low),
                int(tokens.ends[found.lasts[k]] - low),
            )
        )
    return rows


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's rank correlation, ties at their mean rank; NaN where one does not vary."""
    ranks = [_ranks(first), _ranks(second)]
    if min(r.std() for r in ranks) == 0:
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95% interval of a proportion (Wilson 1927)."""
    if n == 0:
        return 0.0, 1.0
    z, p = 1.959964, successes / n
    middle, half = p + z * z / (2 * n), z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


@dataclass(frozen=True)
class Token:
    """A gold word: the bytes of its surface token in the sentence, lemma."""

    start: int
    end: int
    form: str
    lemma: str


def treebank(path: Path) -> list[tuple[str, list[Token]]]:
    """Sentences with their gold words; a word of a multi-word token has that token's bytes."""
    sentences = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = block.splitlines()
        text = next((x[9:] for x in lines if x.startswith("# text = ")), None)
        if text is None:
            continue
        tokens, at, covered, span = [], 0, 0, (0, 0)
        for line in lines:
            if line.startswith("#"):
                continue
            number, form, lemma, pos, *_ = line.split("\t")
            if "." in number:
                continue
            if "-" in number or int(number) > covered:
                begin = text.find(form, at)
                if begin < 0:
                    raise ValueError(f"{path}: {form!r} is not in {text!r}")
                at = begin + len(form)
                span = len(text[:begin].encode()), len(text[:at].encode())
            if "-" in number:
                covered = int(number.split("-")[1])
                continue
            if pos in NOT_NOUNS:
                continue
            lemma = form if lemma == "_" else lemma.replace("#", "")
            tokens.append(Token(*span, form, lemma))
        sentences.append((text, tokens))
    return sentences


def keys_of(words: list[str], language: str) -> list[int]:
    """What lemmas are compared by: their keys after the folding of the language."""
    return [int(key) for key in sequences(words, language).text_keys()]


@dataclass(frozen=True)
class Gold:
    """Recall and precision against a treebank, with what went wrong."""

    found: int
    gold: int
    right: int
    matches: int
    missed: Counter[str]
    wrong: Counter[str]


def against_gold(language: str) -> Gold:
    """Count a treebank's words of the base forms, and the matches of their forms."""
    sentences = treebank(TREEBANKS[language])
    fixed = json.loads(BASE_FORMS.read_text(encoding="utf-8"))[language]
    lexicon = gender.bundled(language)
    lemmas = list(
        {token.lemma for _, tokens in sentences for token in tokens}
        | {form.lemma or form.text for form in lexicon.forms}
    )
    keys = dict(zip(lemmas, keys_of(lemmas, language), strict=True))
    base = set(keys_of(fixed, language))

    def is_base(lemma: str) -> bool:
        return keys[lemma] in base

    by_line: dict[int, list[Found]] = {}
    for found in find(lexicon, [text for text, _ in sentences], core=False):
        by_line.setdefault(found.line, []).append(found)
    hit = gold = right = matches = 0
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for line, (_, tokens) in enumerate(sentences):
        of_line = by_line.get(line, [])
        for token in tokens:
            if is_base(token.lemma):
                gold += 1
                if any(m.start < token.end and token.start < m.end for m in of_line):
                    hit += 1
                else:
                    missed[f"{token.form} ({token.lemma})"] += 1
        for match in of_line:
            if " " not in match.form and not any(is_base(lemma) for lemma in match.lemmas):
                continue
            matches += 1
            under = [t for t in tokens if t.start < match.end and match.start < t.end]
            if any(is_base(t.lemma) for t in under):
                right += 1
            else:
                wrong[f"{match.form} ({'+'.join(t.lemma for t in under)})"] += 1
    return Gold(hit, gold, right, matches, missed, wrong)


def news_counts(language: str, core: bool = True) -> tuple[np.ndarray, list[str], list[Found]]:
    """Matches by line and class in the news; the lines; the matches."""
    path = CORPORA / "ntrex-first-half" / f"{language}.txt"
    if not path.is_file():
        path = CORPORA / "flores" / f"{language}.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    found = find(gender.bundled(language), lines, core)
    counts = np.zeros((len(lines), 3), np.int64)
    for match in found:
        counts[match.line] += match.classes
    return counts, lines, found


def by_document(counts: np.ndarray) -> np.ndarray:
    """Sums of lines by news document; FLORES lines by article."""
    name, column = (
        ("ntrex-first-half/documents.tsv", 0)
        if len(counts) == 970
        else ("flores/metadata_devtest.tsv", 1)
    )
    rows = [x.split("\t") for x in (CORPORA / name).read_text(encoding="utf-8").splitlines()]
    rows = rows[-len(counts) :]
    names: dict[str, int] = {}
    of_line = [
        names.setdefault("".join(row[:1]) if column == 0 else row[column], len(names))
        for row in rows
    ]
    sums = np.zeros((len(names), 3), np.int64)
    np.add.at(sums, of_line, counts)
    return sums


def english(like: int) -> tuple[np.ndarray, list[str]]:
    """English counts and lines of the news, or of FLORES for its number of lines."""
    folder = "ntrex-first-half" if like == 970 else "flores"
    lines = (CORPORA / folder / "eng.txt").read_text(encoding="utf-8").splitlines()
    counts = np.zeros((len(lines), 3), np.int64)
    for match in find(gender.bundled("eng"), lines):
        counts[match.line] += match.classes
    return counts, lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("language", nargs="*", help="ISO 639-3 codes; all without")
    parser.add_argument("--misses", action="store_true", help="what the gold data says is wrong")
    parser.add_argument("--lines", choices=gender.GENDERS, help="news lines that differ most")
    parser.add_argument("--forms", action="store_true", help="forms found in the news")
    parser.add_argument("--top", type=int, default=40, help="how many to print")
    parser.add_argument("--check", action="store_true", help="faults and number of forms only")
    parser.add_argument("--form", help="what makes this form")
    arguments = parser.parse_args()
    for language in arguments.language or gender.bundled_languages():
        if arguments.check or arguments.form:
            lexicon = gender.bundled(language)
            for form in (*lexicon.forms, *lexicon.omitted):
                if form.text == arguments.form:
                    print(language, form)
            if arguments.check:
                print(*gender.faults(lexicon, languages()[language].script), sep="\n")
                having = {f.concept for f in lexicon.forms}
                core = {c.id for c in gender.concepts().values() if c.core}
                print(
                    f"{language}: {len({f.text for f in lexicon.forms})} forms of "
                    f"{len({f.lemma for f in lexicon.forms})} lemmas, {len(having & core)} of 32 core "
                    f"concepts, {len(having - core)} of 41 extended"
                )
            continue
        if language in TREEBANKS:
            gold = against_gold(language)
            for name, k, n in (
                ("recall", gold.found, gold.gold),
                ("precision", gold.right, gold.matches),
            ):
                low, high = wilson(k, n)
                print(
                    f"{language} gold {name:9} {k:5}/{n:<5} {k / max(n, 1):.3f} [{low:.3f}, {high:.3f}]"
                )
            if arguments.misses:
                print(
                    "  missed:",
                    ", ".join(f"{x} {n}" for x, n in gold.missed.most_common(arguments.top)),
                )
                print(
                    "  wrong: ",
                    ", ".join(f"{x} {n}" for x, n in gold.wrong.most_common(arguments.top)),
                )
        counts, lines, found = news_counts(language)
        reference, reference_lines = english(len(lines))
        for column, name in enumerate(gender.GENDERS):
            rho = rank_correlation(
                by_document(counts)[:, column], by_document(reference)[:, column]
            )
            total, other = counts[:, column].sum(), reference[:, column].sum()
            goal = (0.85, 0.75, 0.65)[column]
            good = rho >= goal and other / 2 <= total <= other * 2
            print(
                f"{language} news {name:11} Spearman {rho:5.2f} (goal {goal})  total {total:4} "
                f"English {other:4}  {'' if good else 'BELOW'}"
            )
        if arguments.forms:
            forms = Counter(
                (m.form, "".join(g[0] for g, c in zip(gender.GENDERS, m.classes) if c))
                for m in found
            )
            print(
                "  ",
                ", ".join(f"{form} {classes} {n}" for (form, classes), n in forms.most_common(500)),
            )
        if arguments.lines:
            column = gender.GENDERS.index(arguments.lines)
            gaps = counts[:, column] - reference[:, column]
            for line in sorted(np.flatnonzero(gaps), key=lambda k: -abs(gaps[k]))[: arguments.top]:
                forms = ", ".join(m.form for m in found if m.line == line)
                print(
                    f"  {line}: {gaps[line]:+} [{forms}]\n    {reference_lines[line]}\n    {lines[line]}"
                )


if __name__ == "__main__":
    main()
