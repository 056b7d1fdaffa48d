"""Persian: plural, ezafe, indefinite -ی, pronominal clitics, the copula and را written together.

A noun has no gender and no case. To a stem (the singular, the plural in ها, a plural in ان or an
Arabic broken plural) one ending is added; how it is written depends on the last sound:

- **consonant** (مرد): ezafe unwritten; indefinite مردی; clitics مردم, مردت, مردش, مردمان …;
- **silent ه** (بچه): ezafe بچه‌ی, بچهٔ, بچۀ; indefinite بچه‌ای; clitics بچه‌ام, بچه‌اش; ``final = "h"``
  says that ه is a consonant (شاه);
- **ا, و** (بابا, بانو), and so the plural ها: ezafe بابای; indefinite بابایی; clitics بابایم and,
  spoken, بابام;
- **ی** (آبجی): ezafe unwritten; indefinite آبجی‌ای; clitics آبجی‌ام and آبجیم.

The plural ها is written with a zero-width non-joiner, together or with a blank: the first two are
one to the matcher, both kinds are made. Plurals in ان (گان after silent ه, یان after vowels) and
broken plurals are lexical and stand in the entry. Spoken clitics (مون, تون, شون) and, where the
entry says so, the spoken plural in ا are made.

After the indefinite -ی of a noun the copula is made for the third person (زنی‌ست, it is a woman).

Not made: the copula written together as a single letter beyond what the clitics already spell
(مردند is also they died), clitics after the indefinite, two clitics in a row.

An adjective does not agree with its noun. It stands in the place of one (ایرانی‌ها, the Iranians),
closes a noun phrase and then takes the endings of the whole (همسر ایرانی‌اش, his Iranian wife), so
its endings are the noun's. ``class = "bare"`` makes the spellings of the lemma and its ezafe
alone. Comparatives (-تر, -ترین) are not made.

See Lazard, A Grammar of Contemporary Persian (1992), and Mahootian, Persian (1997).
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import PLURAL, SINGULAR, Inflected, Word

KEYS = {
    "plural": "plurals in -ان or broken plurals, each with all endings",
    "ha": "false where no plural in -ها is in use",
    "possessed": "false where clitics make another word; plural: they stand on the plurals alone",
    "spoken": "true where the spoken plural in -ا is no other word",
    "joined": "true where the lemma of two words is also written as one",
    "final": '"h" where a final ه is pronounced',
    "class": '"plural": the lemma is a plural',
}

ADJECTIVE_KEYS = {
    **KEYS,
    "class": '"bare": without plurals, clitics and indefinite, for what does not stand for people',
}

ZWNJ = "\u200c"
CLITICS = {"م": "my", "ت": "your", "ش": "his or her", "مان": "our", "تان": "your", "شان": "their"}
SPOKEN = {"مون": "our", "تون": "your", "شون": "their"}
COPULAS = {"ایم": "we are", "اید": "you are", "اند": "they are"}


def inflect(word: Word) -> Iterator[Inflected]:
    """The singular and its plurals with each ending, and what is one (زنی‌ست)."""
    yield from _phrase(word)
    if word.text("class") != "plural":
        for ending, step in _indefinite(word.text("final") or last_sound(word.lemma)).items():
            text = f"{word.lemma}{ending}{ZWNJ}ست"
            yield Inflected(text, SINGULAR, f"{step} + copula -ست (is)")


def _phrase(word: Word) -> Iterator[Inflected]:
    """The singular and its plurals with each ending."""
    kind = word.text("class")
    if kind not in ("", "plural"):
        raise ValueError(f"unknown class {kind!r}")
    number = PLURAL if kind == "plural" else SINGULAR
    sound = word.text("final") or last_sound(word.lemma)
    lemmas = [word.lemma, word.lemma.replace(" ", ZWNJ)] if word.flag("joined") else [word.lemma]
    for lemma in lemmas:
        base = "" if lemma == word.lemma else "written together"
        yield from _with_endings(word, lemma, number, base, sound)
        if kind != "plural" and word.keys.get("ha") is not False:
            for gap, written in ((ZWNJ, "plural -ها"), (" ", "plural -ها, with a blank")):
                yield from _with_endings(word, f"{lemma}{gap}ها", PLURAL, _join(base, written), "a")
        if word.flag("spoken"):
            yield Inflected(lemma + "ا", PLURAL, _join(base, "spoken plural -ا"))
            yield Inflected(lemma + "ای", PLURAL, _join(base, "spoken plural -ا + ezafe -ی"))
    for plural in word.texts("plural"):
        yield from _with_endings(word, plural, PLURAL, f"plural {plural}", last_sound(plural))


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """The adjective with the endings of a noun phrase, or with the ezafe alone."""
    kind = word.text("class")
    if kind not in ("", "bare"):
        raise ValueError(f"unknown class {kind!r}")
    if not kind:
        yield from _phrase(word)
        return
    for lemma in [word.lemma, *([word.lemma.replace(" ", ZWNJ)] if word.flag("joined") else [])]:
        base = "" if lemma == word.lemma else "written together"
        yield Inflected(lemma, SINGULAR, base or "lemma")
        for ending, step in _ezafe(word.text("final") or last_sound(lemma)).items():
            yield Inflected(lemma + ending, SINGULAR, _join(base, step))


def last_sound(text: str) -> str:
    """How endings are written after a text: "e" silent ه, "a" ا or و, "i" ی, "c" a consonant."""
    return {"ه": "e", "ا": "a", "و": "a", "ی": "i"}.get(text[-1], "c")


def _with_endings(word: Word, stem: str, number: str, rule: str, sound: str) -> Iterator[Inflected]:
    yield Inflected(stem, number, rule or "lemma")
    endings = {**_ezafe(sound), **_indefinite(sound)}
    possessed = word.keys.get("possessed", True)
    if possessed and (possessed != "plural" or number == PLURAL):
        endings |= _clitics(sound)
    endings |= {ZWNJ + "را": "object marker -را"}
    if sound != "a":
        endings |= {ZWNJ + text: f"copula -{text} ({what})" for text, what in COPULAS.items()}
    if sound in "ea":
        endings |= {ZWNJ + "ست": "copula -ست (is)"}
    for ending, step in endings.items():
        yield Inflected(stem + ending, number, _join(rule, step))
    if sound == "e":
        yield Inflected(stem[:-1] + "ۀ", number, _join(rule, "ezafe -ۀ"))


def _ezafe(sound: str) -> dict[str, str]:
    if sound == "e":
        return {ZWNJ + "ی": "ezafe -ی", "\u0654": "ezafe -ٔ"}
    return {"ی": "ezafe -ی"} if sound == "a" else {}


def _indefinite(sound: str) -> dict[str, str]:
    if sound in "ei":
        return {ZWNJ + "ای": "indefinite -ای"}
    return {"یی": "indefinite -یی"} if sound == "a" else {"ی": "indefinite -ی"}


def _clitics(sound: str) -> dict[str, str]:
    """Pronominal clitics: after a silent ه and ی the first three take ا, after ا and و all take ی
    in writing; the shorter spellings are spoken."""
    short = {text: f"{whose} -{text}" for text, whose in (CLITICS | SPOKEN).items()}
    if sound in "ei":
        long = {
            f"{ZWNJ}ا{text}": f"{whose} -ا{text}"
            for text, whose in CLITICS.items()
            if len(text) == 1
        }
        return {**long, **({ZWNJ + text: step for text, step in short.items()})}
    if sound == "a":
        return {**{"ی" + text: f"{whose} -ی{text}" for text, whose in CLITICS.items()}, **short}
    return short


def _join(first: str, second: str) -> str:
    return f"{first} + {second}" if first and second else first or second
