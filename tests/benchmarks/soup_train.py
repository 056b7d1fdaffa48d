"""Makes ``transforms/soup.npz``, the weights of the soup score.

    python tests/benchmarks/soup_train.py --vocabulary litellm-1.109.1-….whl --code FOLDER…

Natural text is the first half of ``../shared/corpora/mix`` (by a hash of the record's number),
each language weighing the same, the same texts in capitals, and source code of the folders, which
weighs as much as all of them. Soup is drawn from the vocabulary of cl100k_base, which the wheel of
litellm carries, and from random bytes. `signatures.py` measures on the other half, with other
vocabularies besides.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import poison_data
from numpy.typing import NDArray

from corpus_assay.transforms import soup

EPSILON = 2e-7
UPPER, CODE = 60, 150
"""Weight of text in capitals and of code, where that of a language is 1."""
CLIP = 3.0


def kinds_of(text: str) -> NDArray[np.int64]:
    """Kind of each character, as the kernel sees it."""
    ascii_kinds, blocks = soup.kinds()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    small = ascii_kinds[np.minimum(codes, 127)]
    middle = blocks[np.minimum(codes, 0xFFFF) >> 4]
    large = np.where((codes >= 0x20000) & (codes < 0x40000), 30, 31)
    kinds = np.where(codes < 128, small, np.where(codes < 0x10000, middle, large))
    return kinds.astype(np.int64)


def triples(text: str) -> NDArray[np.int64]:
    """How often each three kinds follow one another: int64[32768]."""
    kinds = kinds_of(text)
    return np.bincount(kinds[:-2] << 10 | kinds[1:-1] << 5 | kinds[2:], minlength=32768)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--vocabulary", required=True, help="wheel of litellm")
    arguments.add_argument("--code", nargs="+", required=True, help="folders of source code")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    rng = random.Random(given.seed)
    natural: dict[str, NDArray[np.int64]] = defaultdict(lambda: np.zeros(32768, np.int64))
    for language, text in poison_data.mix(half=0):
        natural[language] += triples(text[:6000])
        if text.upper() != text:
            natural["UPPER"] += triples(text[:6000].upper())
    for text in poison_data.code(given.code, half=0):
        natural["CODE"] += triples(text[:20000])
    heavy = {"UPPER": UPPER, "CODE": CODE}
    total = sum(heavy.get(name, 1) * c / c.sum() for name, c in natural.items() if c.sum())
    text_share = total / total.sum()
    tokens = poison_data.vocabularies(given.vocabulary)["cl100k_base"]
    drawn = sum(triples(poison_data.tokens_soup(tokens, rng, 600)) for _ in range(4000))
    random_bytes = sum(triples(poison_data.byte_soup(rng)) for _ in range(8000))
    soup_share = 0.8 * drawn / drawn.sum() + 0.2 * random_bytes / random_bytes.sum()
    odds = np.log((soup_share + EPSILON) / (text_share + EPSILON))
    weights = np.round(np.clip(odds, -CLIP, CLIP) * soup.NAT).astype(np.int8)
    path = Path(soup.__file__).with_name("soup.npz")
    np.savez_compressed(path, weights=weights)
    print(
        f"{path}: expected weight {(soup_share * odds).sum():.2f} nats a character of soup, "
        f"{(text_share * odds).sum():.2f} of text"
    )


if __name__ == "__main__":
    main()
