"""Universal Dependencies treebanks: tokens in CoNLL-U, and where they stand in the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"


@dataclass(frozen=True)
class Token:
    """A syntactic word: the bytes of its surface token in the sentence, its columns, and whether
    it is written together with the word before it (of one multi-word token, whose bytes it then
    has, or without a blank between letters)."""

    start: int
    end: int
    form: str
    lemma: str
    pos: str
    features: Mapping[str, str]
    relation: str
    joined: bool


def sentences(path: Path) -> Iterator[tuple[str, list[Token]]]:
    """Text and tokens of each sentence; empty nodes are passed over."""
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = block.splitlines()
        text = next((x[9:] for x in lines if x.startswith("# text = ")), None)
        if text is None:
            continue
        tokens, at, covered, span = [], 0, 0, (0, 0)
        for line in lines:
            if line.startswith("#"):
                continue
            number, form, lemma, pos, _, features, _, relation, *_ = line.split("\t")
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
            pairs = (pair.split("=", 1) for pair in features.split("|") if "=" in pair)
            before = tokens[-1] if tokens else None
            joined = before is not None and (
                before.start == span[0]
                or (before.end == span[0] and before.form[-1:].isalpha() and form[:1].isalpha())
            )
            tokens.append(Token(*span, form, lemma, pos, dict(pairs), relation, joined))
        yield text, tokens
