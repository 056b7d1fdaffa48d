"""Marathi nouns: the oblique stem (sāmānyarūp) with everything that is written onto it.

Grammar (it can be checked against Rajeshwari Pandharipande, *Marathi*, and Ramesh Dhongde and
Kashi Wali, *Marathi*): a noun has four principal parts, the direct singular (the lemma) and
plural and the oblique singular and plural. Case endings and postpositions are written together
with the oblique; an emphatic ``-ही`` (also) or ``-च`` (indeed) may follow (after a postposition
only where it is a frequent one).

====== ========== ================= ================ ==================
class  lemma      oblique singular  direct plural    oblique plural
====== ========== ================= ================ ==================
``m``  पुरुष      पुरुषा            पुरुष            पुरुषां
``ā``  नवरा       नवऱ्या            नवरे             नवऱ्यां
``f``  महिला      महिले             महिला            महिलां
``n``  अपत्य      अपत्या            अपत्ये, अपत्यं    अपत्यां
``v``  पत्नी      पत्नी             पत्नी            पत्नीं
====== ========== ================= ================ ==================

``v`` is for nouns in ī, ū and o whose stem does not change. Any part that is otherwise
stands in the lexicon (बहीण: बहिणी, बहिणी, बहिणीं). The genitive agrees like an adjective,
so it has the endings -चा -ची -चे -च्या, in the spoken spelling also -चं. The bare oblique
singular is the vocative; the vocative plural adds -नो to the oblique plural.

Adjectives in -ā agree: म्हातारा, म्हातारी, म्हातारे (spoken म्हातारं), म्हाताऱ्या (oblique, and feminine
plural). All others do not change, nor do a few in -ā (युवा, class ``invariable``). Persons who are
named by an adjective take the endings of nouns and are listed as nouns (भारतीय, भारतीयांना).

Spellings: ``ऱ्य`` is also typed as ra, virama, joiner; joiners are dropped, so that ``र्य`` is
made too. Not generated: -सुद्धा and -देखील written together, the oblique of the genitive with
another postposition (मुलाच्याकडे), poetic endings.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus_assay.lexicons.paradigms import FORMS, PLURAL, SINGULAR, Inflected, Word
from corpus_assay.lexicons.paradigms.indic import APART, Spelling, respelled

KEYS = {
    "class": "m (default), ā, f, n, v: see the module; or invariable",
    "oblique": "oblique singular, where the class does not give it; [] for none",
    "plural": "direct plural, where the class does not give it; [] for none",
    "oblique_plural": "oblique plural, where the class does not give it; [] for none",
    "also": "other spellings of the lemma that take the same endings",
}

ADJECTIVE_KEYS = {
    "class": "ā or invariable, where the last letter does not tell it (युवा)",
}

CLASSES = ("m", "ā", "f", "n", "v", "invariable")
PARTS = ("oblique", "plural", "oblique_plural")

CASES = {
    SINGULAR: {"dative": ("ला", "स"), "instrumental": ("ने", "नं"), "sociative": ("शी",)},
    PLURAL: {"dative": ("ना", "स"), "instrumental": ("नी",), "sociative": ("शी",)},
}
GENITIVE = ("चा", "ची", "चे", "चं", "च्या")
LOCATIVE = ("त", "तील", "तला", "तली", "तले", "तल्या", "तून")
POSTPOSITIONS = (
    *("साठी", "मुळे", "कडे", "कडून", "बरोबर", "सोबत", "पासून", "बद्दल", "प्रमाणे", "मध्ये", "वर"),
)
"""The frequent postpositions, which take an emphatic as well."""
OTHER_POSTPOSITIONS = (
    *("करिता", "कडील", "सह", "पर्यंत", "पेक्षा", "विषयी", "बाबत", "संबंधी", "विरुद्ध", "विरोधात"),
    *("समोर", "मधील", "मधून", "वरील", "वरून", "जवळ", "खाली", "मागे", "पुढे", "नंतर", "शिवाय"),
    *("विना", "ऐवजी", "सारखा", "सारखी", "सारखे", "सारखं", "सारख्या", "मार्फत", "तर्फे", "द्वारे"),
    *("पैकी", "बद्दलचा", "बद्दलची", "बद्दलचे", "बद्दलच्या", "साठीचा", "साठीची", "साठीचे", "साठीच्या"),
    *("निमित्त", "भोवती", "इतका", "इतकी", "इतके", "इतक्या", "हून", "संदर्भात", "द्वारा"),
    *("विरुद्धचा", "विरुद्धची", "विरुद्धचे", "विरुद्धच्या", "समवेत"),
)
EMPHATIC = ("ही", "च")

SPELLINGS: list[Spelling] = [APART, ("ऱ्य", "र्य", "ra with a joiner")]


def inflect(word: Word) -> Iterator[Inflected]:
    """Every form of a noun: direct, and oblique with cases, postpositions and emphatics."""
    yield from respelled(_made(word), SPELLINGS)


def inflect_adjective(word: Word) -> Iterator[Inflected]:
    """Every form of an adjective: agreement, and spellings."""
    yield from respelled(_agreement(word), SPELLINGS)


def _agreement(word: Word) -> Iterator[Inflected]:
    lemma = word.lemma
    kind = word.text("class", "ā" if lemma.endswith("ा") else "invariable")
    if kind not in ("ā", "invariable"):
        raise ValueError(f"class must be ā or invariable, not {kind!r}")
    if kind == "invariable":
        yield Inflected(lemma, FORMS, "lemma")
        return
    stem = _without_a(lemma)
    oblique = _parts(lemma, "ā")["oblique"][0]
    yield Inflected(lemma, SINGULAR, "lemma")
    yield Inflected(f"{stem}ी", FORMS, "feminine singular, neuter plural -ी")
    yield Inflected(f"{stem}े", FORMS, "neuter singular, masculine plural -े")
    yield Inflected(f"{stem}ं", SINGULAR, "neuter singular -ं, spoken")
    yield Inflected(oblique, FORMS, "oblique, feminine plural -्या")


def _made(word: Word) -> Iterator[Inflected]:
    kind = word.text("class", "m")
    if kind not in CLASSES:
        raise ValueError(f"class must be one of {CLASSES}, not {kind!r}")
    for lemma in (word.lemma, *word.texts("also")):
        spelling = "lemma" if lemma == word.lemma else "lemma, other spelling"
        yield from _emphatic(Inflected(lemma, SINGULAR, spelling))
        if kind == "invariable":
            continue
        own = _parts(lemma, kind)
        obliques, plurals, oblique_plurals = (
            word.texts(part) if part in word.keys and lemma == word.lemma else own[part]
            for part in PARTS
        )
        for text in plurals:
            yield from _emphatic(Inflected(text, PLURAL, "direct plural"))
        for text in obliques:
            yield Inflected(text, SINGULAR, "vocative (oblique singular)")
            yield from _stacked(Inflected(text, SINGULAR, "oblique singular"))
        for text in oblique_plurals:
            yield Inflected(f"{text}नो", PLURAL, "vocative plural -नो")
            yield from _stacked(Inflected(text, PLURAL, "oblique plural"))


def _parts(lemma: str, kind: str) -> dict[str, tuple[str, ...]]:
    """Oblique, plural and oblique plural of a regular noun."""
    if kind == "ā":
        stem = _without_a(lemma)
        oblique = f"{stem[:-1]}ऱ्या" if stem.endswith("र") else f"{stem}्या"
        return {
            "oblique": (oblique,),
            "plural": (f"{stem}े",),
            "oblique_plural": (f"{oblique}ं",),
        }
    oblique = {"m": f"{lemma}ा", "n": f"{lemma}ा", "v": lemma}.get(kind, "")
    if kind == "f":
        oblique = f"{_without_a(lemma)}े"
    plurals = (f"{lemma}े", f"{lemma}ं") if kind == "n" else (lemma,)
    oblique_plural = f"{lemma}ं" if kind in ("f", "v") else f"{lemma}ां"
    return {"oblique": (oblique,), "plural": plurals, "oblique_plural": (oblique_plural,)}


def _stacked(oblique: Inflected) -> Iterator[Inflected]:
    """An oblique with each case ending and postposition, and emphatics after them."""
    for name, endings in CASES[oblique.number].items():
        for ending in endings:
            yield from _emphatic(_with(oblique, ending, f"{name} -{ending}"))
    for ending in GENITIVE:
        yield from _emphatic(_with(oblique, ending, f"genitive -{ending}"))
    for ending in LOCATIVE:
        yield _with(oblique, ending, f"locative -{ending}")
    for postposition in POSTPOSITIONS:
        yield from _emphatic(_with(oblique, postposition, f"postposition {postposition}"))
    for postposition in OTHER_POSTPOSITIONS:
        yield _with(oblique, postposition, f"postposition {postposition}")


def _emphatic(form: Inflected) -> Iterator[Inflected]:
    yield form
    for particle in EMPHATIC:
        yield _with(form, particle, f"emphatic -{particle}")


def _with(form: Inflected, ending: str, step: str) -> Inflected:
    return Inflected(form.text + ending, form.number, f"{form.rule} + {step}")


def _without_a(lemma: str) -> str:
    if not lemma.endswith("ा"):
        raise ValueError(f"{lemma!r} does not end in -ā")
    return lemma[:-1]
