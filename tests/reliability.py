"""How reliable each lexicon is: against gold lemmas, and against the same news in English.

    python tests/reliability.py [LANG …] [--misses] [--lines CLASS] [--forms] [--top N]
    python tests/reliability.py [LANG …] --check | --form FORM
    python tests/reliability.py --write

Gold: Universal Dependencies treebanks of the corpora folder. Over the base forms of
``tests/base_forms.json``, fixed before anything was measured: recall = gold words with such a
lemma that a match covers; precision = matches of such a lemma's forms that cover such a word.
Verbs, adverbs and function words are other words, even where their lemma looks the same. Names
(First Lady) need not be found, and are not wrong where they are. Compounds that a treebank without
lemmas cuts apart are one word (`COMPOUNDS`).

News: NTREX-128 (FLORES where there is none), matches per document and class against the English
lexicon on the English text: Spearman's rank correlation, and totals beside English's.

``--misses`` prints what was missed and what was wrongly found, ``--lines feminine`` the news
lines whose counts differ most from English, ``--forms`` the forms found in the news, ``--form
annemin`` what makes a form, ``--check`` the faults of a lexicon. ``--write`` measures all
languages and writes ``lexicons/reliability.tsv`` and ``lexicons/ambiguous.tsv``, which audits and
reports read.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import treebanks
from document_batches import batch, document
from numpy.typing import NDArray
from treebanks import CORPORA

from corpus_assay.lexicons import gender
from corpus_assay.lexicons.languages import languages
from corpus_assay.lexicons.reliability import AMBIGUOUS, RELIABILITY, Reliability, write_rows
from corpus_assay.transforms.compiled import compile_lexicon
from corpus_assay.transforms.gender import compile_lexicons
from corpus_assay.transforms.matching import sequences
from corpus_assay.transforms.tokens import tokenise

BASE_FORMS = Path(__file__).with_name("base_forms.json")
TREEBANKS = {
    **{code: (f"{code}-pud", f"UD {languages()[code].name} PUD") for code in
       ("arb", "ces", "deu", "eng", "fra", "hin", "rus")},
    "tha": ("tha-pud", "UD Thai PUD, compounds joined"),
    "fin": ("fi_tdt-ud-dev", "UD Finnish TDT dev"),
    "hun": ("hu_szeged-ud-dev", "UD Hungarian Szeged dev"),
    "tur": ("tr_imst-ud-dev", "UD Turkish IMST dev"),
}  # fmt: skip
"""File and name of each language's treebank."""

COMPOUNDS = {
    # coast, border, worker, nun, parent company
    "tha": frozenset({"ชายฝั่ง", "ชายแดน", "คนงาน", "แม่ชี", "บริษัทแม่"}),
}
"""Words that a treebank without lemmas cuts apart, one part of which has the letters of a base form
and another meaning (ชาย, man, is edge in coast and border). They are joined; each is one word in
the dictionary of PyThaiNLP too."""

NOT_NOUNS = ("VERB", "AUX", "ADV", "ADP", "CCONJ", "SCONJ", "PART")
"""Parts of speech whose lemma is another word than the noun with the same letters."""

NEWS_GOALS = (0.85, 0.75, 0.65)
"""Least rank correlation with English, by class."""
GOLD_GOAL = 0.98

NEWS_LINES = 970
"""Lines of the news; any other file is FLORES."""

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Found:
    """A match in a line: its form, lemmas and classes, and the bytes it covers."""

    line: int
    form: str
    lemmas: frozenset[str]
    classes: tuple[bool, bool, bool]
    start: int
    end: int


def find(lexicon: gender.Lexicon, lines: Sequence[str], core: bool = True) -> list[Found]:
    """Matches of a lexicon in lines, as an audit finds them."""
    language = lexicon.language
    compiled = compile_lexicons({language: compile_lexicon(lexicon)}, core=core)
    tokens = tokenise(batch([document(line, language=language) for line in lines]))
    found = compiled.find(tokens)
    rows = []
    for entry, part, first, last in zip(
        found.entries, found.parts, found.firsts, found.lasts, strict=True
    ):
        sense = compiled.senses[entry]
        low = tokens.part_offsets[part]
        mask = compiled.masks[sense]
        rows.append(
            Found(
                int(tokens.part_document[part]),
                compiled.matcher.texts[entry].as_py(),
                frozenset(compiled.lemmas[sense].as_py().split("+")),
                (bool(mask & 1), bool(mask & 2), bool(mask & 4)),
                int(tokens.starts[first] - low),
                int(tokens.ends[last] - low),
            )
        )
    return rows


# Gold ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Word:
    """A gold word: the bytes of its surface token in the sentence, its form and lemma, and
    whether it is (part of) a name."""

    start: int
    end: int
    form: str
    lemma: str
    name: bool


def treebank(path: Path, compounds: Collection[str] = frozenset()) -> list[tuple[str, list[Word]]]:
    """Sentences with their gold words; a word of a multi-word token has that token's bytes, and
    two words that are a compound together are one."""

    def word(token: treebanks.Token) -> Word:
        # Thai has no lemmas; Finnish marks the seams of compounds.
        lemma = token.form if token.lemma == "_" else token.lemma.replace("#", "")
        return Word(token.start, token.end, token.form, lemma, token.pos == "PROPN")

    return [
        (text, _joined((word(t) for t in tokens if t.pos not in NOT_NOUNS), compounds))
        for text, tokens in treebanks.sentences(path)
    ]


def _joined(words: Iterable[Word], compounds: Collection[str]) -> list[Word]:
    joined: list[Word] = []
    for word in words:
        last = joined[-1] if joined else None
        if last and last.end == word.start and (form := last.form + word.form) in compounds:
            joined[-1] = Word(last.start, word.end, form, form, False)
        else:
            joined.append(word)
    return joined


@dataclass(frozen=True)
class Gold:
    """Recall and precision against a treebank, with what went wrong.

    `found` of `gold` words were covered; `right` of `matches` covered such a word. `forms` counts
    right and all matches of each form.
    """

    found: int
    gold: int
    right: int
    matches: int
    missed: Counter[str]
    wrong: Counter[str]
    forms: dict[str, list[int]]


def against_gold(lexicon: gender.Lexicon, joined: bool = True) -> Gold:
    """Count a treebank's words of the base forms, and the matches of their forms; without
    `joined`, words are cut as the treebank cuts them (`COMPOUNDS`)."""
    language = lexicon.language
    sentences = treebank(
        CORPORA / "ud" / f"{TREEBANKS[language][0]}.conllu",
        COMPOUNDS.get(language, ()) if joined else (),
    )
    is_base = _is_base(lexicon, sentences)
    by_line: dict[int, list[Found]] = {}
    for match in find(lexicon, [text for text, _ in sentences], core=False):
        by_line.setdefault(match.line, []).append(match)
    found = gold = right = matches = 0
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    forms: dict[str, list[int]] = {}
    for line, (_, words) in enumerate(sentences):
        of_line = by_line.get(line, [])
        for word in words:
            if word.name or not is_base(word.lemma):
                continue
            gold += 1
            if any(m.start < word.end and word.start < m.end for m in of_line):
                found += 1
            else:
                missed[f"{word.form} ({word.lemma})"] += 1
        for match in of_line:
            # A listed phrase has no lemma of its own: it is judged by the words under it.
            listed = " " in match.form and match.lemmas == {match.form}
            if not listed and not any(map(is_base, match.lemmas)):
                continue
            matches += 1
            under = [w for w in words if w.start < match.end and match.start < w.end]
            good = any(is_base(word.lemma) for word in under)
            right += good
            seen = forms.setdefault(match.form, [0, 0])
            seen[0] += good
            seen[1] += 1
            if not good:
                wrong[f"{match.form} ({'+'.join(w.lemma for w in under)})"] += 1
    return Gold(found, gold, right, matches, missed, wrong, forms)


def _is_base(
    lexicon: gender.Lexicon, sentences: Iterable[tuple[str, list[Word]]]
) -> Callable[[str], bool]:
    """Whether a lemma is a base form, compared after the folding of its language."""
    language = lexicon.language
    base = json.loads(BASE_FORMS.read_text(encoding="utf-8"))[language]
    lemmas = {word.lemma for _, words in sentences for word in words}
    lemmas |= {form.lemma or form.text for form in lexicon.forms}
    every = [*base, *lemmas]
    keys = dict(zip(every, sequences(every, language).text_keys().tolist(), strict=True))
    wanted = {keys[word] for word in base}
    return lambda lemma: keys[lemma] in wanted


# News ---------------------------------------------------------------------------------------------


def news(language: str) -> list[str]:
    """Lines of the news in a language; those of FLORES where there is none."""
    path = CORPORA / "ntrex-first-half" / f"{language}.txt"
    if not path.is_file():
        path = CORPORA / "flores" / f"{language}.txt"
    return path.read_text(encoding="utf-8").splitlines()


def by_line(found: Iterable[Found], lines: int) -> Counts:
    """Matches (int64[lines, 3]) by line and class."""
    counts = np.zeros((lines, 3), np.int64)
    for match in found:
        counts[match.line] += match.classes
    return counts


def by_document(counts: Counts) -> Counts:
    """Sums of lines by document: of the news, or by article of FLORES."""
    if len(counts) == NEWS_LINES:
        path = CORPORA / "ntrex-first-half" / "documents.tsv"
        names = path.read_text(encoding="utf-8").splitlines()
    else:
        path = CORPORA / "flores" / "metadata_devtest.tsv"
        rows = path.read_text(encoding="utf-8").splitlines()
        names = [row.split("\t")[0] for row in rows[-len(counts) :]]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    sums = np.zeros((len(numbers), 3), np.int64)
    np.add.at(sums, [numbers[name] for name in names], counts)
    return sums


@cache
def english(lines: int) -> tuple[Counts, list[str]]:
    """English counts and lines of the news, or of FLORES, by their number of lines."""
    folder = "ntrex-first-half" if lines == NEWS_LINES else "flores"
    text = (CORPORA / folder / "eng.txt").read_text(encoding="utf-8").splitlines()
    return by_line(find(gender.bundled("eng"), text), lines), text


def rank_correlation(first: Counts, second: Counts) -> float:
    """Spearman's rank correlation, ties at their mean rank; NaN where one does not vary."""
    ranks = [_ranks(first), _ranks(second)]
    if min(r.std() for r in ranks) == 0:
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def _ranks(values: Counts) -> NDArray[np.float64]:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: NDArray[np.float64] = (ends - (counts - 1) / 2)[inverse]
    return ranks


@dataclass(frozen=True)
class News:
    """Agreement with English: rank correlations and totals by class, English's beside them."""

    correlations: tuple[float, ...]
    totals: tuple[int, ...]
    english: tuple[int, ...]

    def agrees(self, column: int) -> bool:
        """Whether a class reaches its goal, with a total within a factor of two."""
        total, other = self.totals[column], self.english[column]
        return self.correlations[column] >= NEWS_GOALS[column] and other <= 2 * total <= 4 * other


def against_english(counts: Counts) -> News:
    """Compare the counts of the news in a language with those in English."""
    reference, _ = english(len(counts))
    pairs = zip(by_document(counts).T, by_document(reference).T, strict=True)
    return News(
        tuple(rank_correlation(one, other) for one, other in pairs),
        tuple(counts.sum(axis=0).tolist()),
        tuple(reference.sum(axis=0).tolist()),
    )


# All together -------------------------------------------------------------------------------------


def measure(language: str) -> tuple[Reliability, Gold | None]:
    """What is known of one lexicon."""
    lexicon = gender.bundled(language)
    gold = against_gold(lexicon) if language in TREEBANKS else None
    lines = news(language)
    agreement = against_english(by_line(find(lexicon, lines), len(lines)))
    return (
        Reliability(
            language=language,
            lexicon=lexicon.sha256[:16],
            treebank=TREEBANKS[language][1] if gold else "",
            found=gold.found if gold else None,
            gold=gold.gold if gold else None,
            right=gold.right if gold else None,
            matches=gold.matches if gold else None,
            news="NTREX-128" if len(lines) == NEWS_LINES else "FLORES-200",
            correlations=tuple(round(value, 3) for value in agreement.correlations),
            totals=agreement.totals,
            english=agreement.english,
        ),
        gold,
    )


def write() -> None:
    """Measure every language and write what audits and reports read."""
    rows, shares = [], []
    for language in gender.bundled_languages():
        row, gold = measure(language)
        rows.append(row)
        for form in gender.bundled(language).ambiguous if gold else ():
            key = sequences([form], language).text_keys()[0]
            for other, (right, every) in gold.forms.items() if gold else ():
                if sequences([other], language).text_keys()[0] == key:
                    shares.append((language, form, right, every))
    write_rows(rows, shares)
    print(RELIABILITY, AMBIGUOUS, sep="\n")


def main() -> None:
    """The command line."""
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
    parser.add_argument("--write", action="store_true", help="write the tables of all languages")
    arguments = parser.parse_args()
    if arguments.write:
        write()
        return
    for language in arguments.language or gender.bundled_languages():
        if arguments.check or arguments.form:
            _check(gender.bundled(language), arguments.form)
        else:
            _show(language, arguments)


def _check(lexicon: gender.Lexicon, wanted: str | None) -> None:
    if wanted:
        for form in (*lexicon.forms, *lexicon.omitted):
            if form.text == wanted:
                print(lexicon.language, form)
        return
    for fault in gender.faults(lexicon, languages()[lexicon.language].script):
        print(fault)
    having = {form.concept for form in lexicon.forms}
    core = {concept.id for concept in gender.concepts().values() if concept.core}
    extended = len(gender.concepts()) - len(core)
    print(
        f"{lexicon.language}: {len({form.text for form in lexicon.forms})} forms of "
        f"{len({form.lemma for form in lexicon.forms})} lemmas, {len(having & core)} of "
        f"{len(core)} core concepts, {len(having - core)} of {extended} extended"
    )


def _show(language: str, arguments: argparse.Namespace) -> None:
    row, gold = measure(language)
    if gold:
        for name, share in (("recall", row.recall), ("precision", row.precision)):
            if share:
                low, high = share.interval
                print(
                    f"{language} gold {name:9} {share.part:5}/{share.whole:<5} "
                    f"{share.part / max(share.whole, 1):.3f} [{low:.3f}, {high:.3f}]"
                )
    if gold and arguments.misses:
        for heading, counted in (("missed", gold.missed), ("wrong", gold.wrong)):
            items = (f"{text} {n}" for text, n in counted.most_common(arguments.top))
            print(f"  {heading}: {', '.join(items)}")
    agreement = News(row.correlations, row.totals, row.english)
    for column, name in enumerate(gender.GENDERS):
        print(
            f"{language} news {name:11} Spearman {row.correlations[column]:5.2f} "
            f"(goal {NEWS_GOALS[column]})  total {row.totals[column]:4} "
            f"English {row.english[column]:4}  {'' if agreement.agrees(column) else 'BELOW'}"
        )
    if not (arguments.forms or arguments.lines):
        return
    lines = news(language)
    found = find(gender.bundled(language), lines)
    if arguments.forms:
        forms: Counter[tuple[str, str]] = Counter()
        for match in found:
            initials = zip(gender.GENDERS, match.classes, strict=True)
            forms[match.form, "".join(name[0] for name, holds in initials if holds)] += 1
        items = (f"{form} {classes} {n}" for (form, classes), n in forms.most_common(500))
        print("  ", ", ".join(items))
    if arguments.lines:
        column = gender.GENDERS.index(arguments.lines)
        reference, original = english(len(lines))
        gaps = by_line(found, len(lines))[:, column] - reference[:, column]
        for line in sorted(np.flatnonzero(gaps), key=lambda k: -abs(gaps[k]))[: arguments.top]:
            matched = ", ".join(match.form for match in found if match.line == line)
            print(f"  {line}: {gaps[line]:+} [{matched}]\n    {original[line]}\n    {lines[line]}")


if __name__ == "__main__":
    main()
