"""``corpus-assay check``: an audit against a policy, thresholds that people put their names to.

Measurement and judgement stay apart: an audit counts, a policy says what is acceptable, why, and
who answers for it. A policy is a TOML file; `policy_form.FORM` describes it.
"""

from __future__ import annotations

import difflib
import hashlib
import math
import operator
import os
import re
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus_assay.reports import compare, measures
from corpus_assay.reports.audit import ReportError, table_files
from corpus_assay.reports.formats import plural, visible
from corpus_assay.reports.measures import Key, Measures, Ratio, Share
from corpus_assay.reports.model import ANY

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
_CHOICES = {
    "bound": ("estimate", "lower", "upper"),
    "comparison": tuple(_COMPARISONS),
    "severity": ("fail", "warn"),
    "missing": ("fail", "warn", "pass"),
    "of": ("value", "change", "relative_change", "flagged"),
}
_NEEDED = ("id", "table", "metric", "reason", "owner")
_SELECTORS = ("language", "source", "kind", "role")
MAX_CHECKS = 50
"""Groups of a rule that are named one by one; the others are counted."""


class PolicyError(Exception):
    """The policy file cannot be used; the message names the rule and the way out."""


@dataclass(frozen=True)
class Rule:
    """A threshold; see `policy_form.FORM`."""

    id: str
    table: str
    metric: str
    reason: str
    owner: str
    where: Mapping[str, str] = field(default_factory=dict)
    comparison: str = ""
    value: float = 0.0
    bound: str = "estimate"
    severity: str = "fail"
    missing: str = "fail"
    of: str = "value"
    min_documents: int = 0


@dataclass(frozen=True)
class Policy:
    """The rules of a file, and its SHA-256."""

    path: str
    sha256: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Check:
    """A rule in one group: what was judged, and how it came out (pass, fail, missing)."""

    where: str
    status: str
    said: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Outcome:
    """A rule over all its groups; status is pass, warn or fail."""

    rule: Rule
    status: str
    checks: tuple[Check, ...]

    @property
    def bad(self) -> tuple[Check, ...]:
        """Groups that did not pass."""
        return tuple(check for check in self.checks if check.status != "pass")


@dataclass(frozen=True)
class Verdict:
    """All rules of a policy on one audit."""

    policy: Policy
    audit: str
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> bool:
        """Whether no rule failed; warnings do not count."""
        return all(outcome.status != "fail" for outcome in self.outcomes)


# The policy file ----------------------------------------------------------------------------------


def read_policy(path: str) -> Policy:
    """Read a policy file.

    Raises:
        PolicyError: it cannot be read, is not TOML, or a rule is not as `policy_form.FORM` says.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise PolicyError(f"cannot read {path}: {error.strerror}") from error
    try:
        found = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path} is not valid TOML: {error}") from error
    if unknown := sorted(set(found) - {"rule"}):
        raise PolicyError(f"{path}: unknown key {unknown[0]!r}; rules are written [[rule]]")
    entries = found.get("rule")
    if not isinstance(entries, list) or not entries:
        raise PolicyError(f"{path} has no rule: each begins with a line [[rule]]")
    rules: list[Rule] = []
    for number, entry in enumerate(entries, 1):
        rule = _rule(entry, f"{path}: rule {number}")
        if any(rule.id == other.id for other in rules):
            raise PolicyError(f"{path}: two rules have the id {rule.id!r}")
        rules.append(rule)
    return Policy(path, hashlib.sha256(content).hexdigest(), tuple(rules))


def _rule(entry: Any, place: str) -> Rule:
    if not isinstance(entry, dict):
        raise PolicyError(f"{place} is no table; write [[rule]]")
    if isinstance(entry.get("id"), str):
        place += f" ({entry['id']})"
    known = Rule.__dataclass_fields__
    for name in entry:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise PolicyError(
                f"{place}: unknown key {name!r}"
                + (f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}")
            )
    for name in _NEEDED:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise PolicyError(f"{place}: {name} is needed, a text that is not empty")
    for name, choices in _CHOICES.items():
        if name in entry and entry[name] not in choices:
            raise PolicyError(f"{place}: {name} is {entry[name]!r}, not {' '.join(choices)}")
    flagged = entry.get("of") == "flagged"
    for name in ("comparison", "value"):
        if flagged is (name in entry):
            raise PolicyError(f"{place}: {name} is {'not for flagged' if flagged else 'needed'}")
    value = entry.get("value", 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise PolicyError(f"{place}: value is {value!r}, not a number")
    least = entry.get("min_documents", 0)
    if isinstance(least, bool) or not isinstance(least, int) or least < 0:
        raise PolicyError(f"{place}: min_documents is {least!r}, not a number from 0 up")
    where = entry.get("where", {})
    if not isinstance(where, dict) or not all(isinstance(each, str) for each in where.values()):
        raise PolicyError(f'{place}: where is no table of texts, as {{ language = "eng" }}')
    if strange := sorted(set(where) - set(_SELECTORS)):
        raise PolicyError(f"{place}: where has {strange[0]!r}; there are {', '.join(_SELECTORS)}")
    if not re.fullmatch(r"\w+", entry["table"]):
        raise PolicyError(f"{place}: {entry['table']!r} is no name of a table")
    return Rule(**entry)


# Judging ------------------------------------------------------------------------------------------


def judge(policy: Policy, audit: Path, baseline: Path | None = None, name: str = "") -> Verdict:
    """Hold an audit against a policy; `name` is what the audit is called, if not as its folder.

    Raises:
        ReportError: the audit, or the baseline, is not complete.
    """
    found: dict[str, Measures] = {}
    changes: Mapping[Key, compare.Change] = {}
    if baseline is not None:
        compared = compare.compare(baseline, audit)
        changes = {change.key: change for change in compared.changes}
    outcomes = []
    for rule in policy.rules:
        role = rule.where.get("role", ANY)
        if role not in found:
            found[role] = measures.load(audit, role)
        try:
            if rule.of == "value":
                checks = _values(rule, found[role])
            elif baseline is None:
                checks = [_missing("", "it is about change, and no --baseline was given")]
            else:
                checks = _changes(rule, changes, found[role])
        except ValueError as error:
            raise ReportError(
                f"the tables in {audit} do not fit together: {error}; run the audit again"
            ) from error
        outcomes.append(_outcome(rule, checks))
    return Verdict(policy, name or audit.resolve().name, tuple(outcomes))


def _outcome(rule: Rule, checks: Sequence[Check]) -> Outcome:
    statuses = set()
    for check in checks:
        if check.status == "fail":
            statuses.add(rule.severity)
        elif check.status == "missing":
            statuses.add(rule.missing)
    if rule.severity == "warn" and "fail" in statuses:
        statuses = (statuses - {"fail"}) | {"warn"}
    worst = next((each for each in ("fail", "warn") if each in statuses), "pass")
    return Outcome(rule, worst, tuple(checks))


def _missing(where: str, why: str) -> Check:
    return Check(where, "missing", f"not measured: {why}")


def _values(rule: Rule, audit: Measures) -> list[Check]:
    if rule.table not in audit.tables:
        return [_missing("", f"the audit has no table {rule.table!r}")]
    places = _places(rule, audit)
    if not places:
        return [_missing("", _nothing_found(rule, set()))]
    samples = measures.samples(audit, places)
    of_table = {key for key in samples if key.table == rule.table}
    if any(key.metric == rule.metric for key in of_table):
        keys = [key for key in of_table if key.metric == rule.metric and _selected(rule, key)]
        if not keys:
            return [_missing("", _nothing_found(rule, of_table))]
        keys = [key for key in keys if _large_enough(rule, key, samples)]
        if not keys:
            return [_missing("", f"no group has {plural(rule.min_documents, 'document')}")]
        return [_of_sample(rule, key, samples[key], audit) for key in sorted(keys, key=_order)]
    summed = _sum(rule, audit)
    if summed is None:
        metrics = sorted({key.metric for key in of_table})
        there = f"; there are {', '.join(metrics)}" if metrics else ""
        return [_missing("", f"table {rule.table!r} has no metric {rule.metric!r}{there}")]
    return [summed]


def _places(rule: Rule, audit: Measures) -> list[tuple[str | None, str | None]]:
    sides = []
    for name, known in (("source", audit.sources), ("language", audit.languages)):
        wanted = rule.where.get(name)
        sides.append([None] if wanted is None else [k for k in known if _like(wanted, k)])
    return [(source, language) for source in sides[0] for language in sides[1]]


def _selected(rule: Rule, key: Key) -> bool:
    for name, value in (("source", key.source), ("language", key.language)):
        wanted = rule.where.get(name)
        if (value is None) is not (wanted is None) or (wanted and not _like(wanted, value or "")):
            return False
    wanted = rule.where.get("kind")
    return key.kind == "" or wanted == "*" if wanted is None else _like(wanted, key.kind)


def _like(wanted: str, name: str) -> bool:
    """Whether a name is as wanted, where * stands for any text."""
    pattern = ".*".join(re.escape(part) for part in wanted.split("*"))
    return re.fullmatch(pattern, name, re.DOTALL) is not None


def _large_enough(rule: Rule, key: Key, samples: Mapping[Key, measures.Sample]) -> bool:
    whole = samples.get(Key("corpus", "empty_share", key.source, key.language))
    documents = whole.whole if isinstance(whole, Share) else 0
    return documents >= rule.min_documents or not rule.min_documents


def _nothing_found(rule: Rule, keys: set[Key]) -> str:
    wanted = ", ".join(f"{name} {value!r}" for name, value in rule.where.items()) or "no kind named"
    kinds = sorted({key.kind for key in keys if key.metric == rule.metric and key.kind})
    there = f"; kinds: {', '.join(visible(kind, 40) for kind in kinds[:15])}" if kinds else ""
    return f"nothing in table {rule.table!r} for {wanted}{there}"


def _order(key: Key) -> tuple[str, str, str]:
    return key.source or "", key.language or "", key.kind


def _of_sample(rule: Rule, key: Key, sample: Share | Ratio, audit: Measures) -> Check:
    where = compare.label(key, compare.names_of(audit))
    estimate = sample.estimate
    if estimate is None:
        return _missing(where, "there is nothing to divide by")
    interval = estimate.interval
    shown = compare.value(key, estimate.value)
    if interval is not None:
        shown += f" ({compare.between(key, interval)})"
    number = estimate.value
    if rule.bound != "estimate":
        if interval is None:
            return _missing(where, f"{shown} has no interval, and the rule is about its end")
        number = interval.low if rule.bound == "lower" else interval.high
    return _judged(
        rule, where, number, shown, compare.value(key, number), compare.value(key, rule.value),
        (interval.low, interval.high) if interval else (None, None), estimate.value,
    )  # fmt: skip


def _judged(
    rule: Rule, where: str, number: float, shown: str, judged: str, limit: str,
    interval: tuple[float | None, float | None] = (None, None), value: float | None = None,
) -> Check:  # fmt: skip
    good = _COMPARISONS[rule.comparison](number, rule.value)
    bound = "" if rule.bound == "estimate" else f", {rule.bound} bound {judged},"
    said = f"{shown}{bound} {'is' if good else 'is not'} {rule.comparison} {limit}"
    return Check(
        where, "pass" if good else "fail", said, number if value is None else value, *interval
    )


def _sum(rule: Rule, audit: Measures) -> Check | None:
    """A column of numbers, added up over the selected rows; None where there is no such column.

    Rows of several kinds overlap: where none is named, the rows of kind ``any`` count, if there
    are any.
    """
    sums = [0, 0]
    rows = [0, 0]
    for path in table_files(audit.folder, rule.table):
        try:
            with pq.ParquetFile(path) as file:
                schema = file.schema_arrow
                keys = measures.key_columns(schema)
                kinds = [name for name in keys if name not in ("source", "language", "role")]
                if strange := _without(rule, keys, kinds):
                    return _missing("", f"table {rule.table!r} has no {strange}")
                counted = rule.metric == "rows"
                numbers = [field.name for field in schema if _is_number(field.type)]
                if not counted and rule.metric not in numbers:
                    return None
                wanted = keys if counted else [*keys, rule.metric]
                if not wanted:
                    rows[0] += file.metadata.num_rows
                    continue
                for batch in file.iter_batches(1 << 16, columns=wanted):
                    for place, mask in enumerate(_masks(rule, batch, keys, kinds)):
                        kept = batch.filter(mask)
                        rows[place] += kept.num_rows
                        if not counted:
                            sums[place] += int(pc.sum(kept.column(rule.metric)).as_py() or 0)
        except (pa.ArrowException, OSError) as error:
            raise ReportError(f"table {rule.table!r} cannot be read: {error}") from error
    place = 1 if rows[1] and "kind" not in rule.where else 0
    named = ", ".join(f"{name} {visible(value, 60)}" for name, value in rule.where.items())
    if not rows[place] and rule.where:
        return _missing("", f"no row of table {rule.table!r} for {named}")
    if rule.bound != "estimate":
        return _missing(named, f"{rule.metric} is a count and has no interval")
    number = rows[place] if rule.metric == "rows" else sums[place]
    shown = f"{rule.metric} of {rule.table}: {number:,}"
    return _judged(rule, named or "All", float(number), shown, "", f"{rule.value:,g}")


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_decimal(kind))


def _without(rule: Rule, keys: Sequence[str], kinds: Sequence[str]) -> str:
    """A selector of the rule that a table has no key for."""
    for name in rule.where:
        if name not in keys and not (name == "kind" and kinds):
            return name
    return ""


def _masks(
    rule: Rule, batch: pa.RecordBatch, keys: Sequence[str], kinds: Sequence[str]
) -> tuple[pa.Array, pa.Array]:
    """Rows that a rule selects, and those of them whose kind is ``any``."""
    columns = {name: batch.column(batch.schema.get_field_index(name)).to_pylist() for name in keys}
    chosen = [True] * batch.num_rows
    for name in ("source", "language", "role"):
        wanted = rule.where.get(name, ANY if name == "role" else None)
        if wanted is not None and name in columns:
            chosen = [
                a and _like(wanted, str(v)) for a, v in zip(chosen, columns[name], strict=True)
            ]
    joined = [" / ".join(map(str, row)) for row in zip(*(columns[k] for k in kinds), strict=True)]
    if kinds and (kind := rule.where.get("kind")) is not None:
        chosen = [a and _like(kind, name) for a, name in zip(chosen, joined, strict=True)]
    union = [a and name == ANY for a, name in zip(chosen, joined, strict=True)] if kinds else []
    union = union or [False] * batch.num_rows
    return pa.array(chosen, pa.bool_()), pa.array(union, pa.bool_())


def _changes(rule: Rule, changes: Mapping[Key, compare.Change], audit: Measures) -> list[Check]:
    if rule.where.get("role", ANY) != ANY:
        return [_missing("", "changes are compared over all roles together")]
    of_table = {key for key in changes if key.table == rule.table}
    keys = [key for key in of_table if key.metric == rule.metric and _selected(rule, key)]
    if not keys:
        return [_missing("", f"{_nothing_found(rule, of_table)} in both audits")]
    checks = []
    names = compare.names_of(audit)
    for key in sorted(keys, key=_order):
        change = changes[key]
        where = compare.label(key, names)
        if not change.comparable:
            checks.append(_missing(where, change.note))
            continue
        shown = compare.line(change, names).removeprefix(f"{where}: ")
        if rule.of == "flagged":
            if change.p is None and change.effect:
                checks.append(_missing(where, f"{shown}, not tested: {change.note}"))
                continue
            status = "fail" if change.flagged else "pass"
            checks.append(Check(where, status, shown, change.effect))
            continue
        number: float | None = change.effect
        if rule.of == "relative_change":
            # From 0 it is more than any limit.
            number = math.copysign(math.inf, change.effect)
            number = number if change.relative is None else change.relative
        if rule.of == "change" and rule.bound != "estimate":
            interval = change.interval
            number = None if interval is None else interval.low
            if interval is not None and rule.bound == "upper":
                number = interval.high
        if number is None or math.isnan(change.effect):
            checks.append(_missing(where, change.note or f"{shown}: no such number"))
            continue
        judged = f"{number:+.4g}"
        checks.append(_judged(rule, where, number, shown, judged, f"{rule.value:+.4g}"))
    return checks


# What is said -------------------------------------------------------------------------------------


def as_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict for machines and for ``audit.json``: only types that JSON has."""
    return {
        "policy": visible(verdict.policy.path, 1000),
        "sha256": verdict.policy.sha256,
        "verdict": "pass" if verdict.passed else "fail",
        "rules": [
            {
                "id": visible(outcome.rule.id),
                "status": outcome.status,
                "severity": outcome.rule.severity,
                "owner": visible(outcome.rule.owner),
                "reason": visible(outcome.rule.reason, 1000),
                "groups": len(outcome.checks),
                "groups_not_passed": len(outcome.bad),
                "checks": [asdict(check) for check in (outcome.bad or outcome.checks)[:MAX_CHECKS]],
            }
            for outcome in verdict.outcomes
        ],
    }


def message(said: Mapping[str, Any]) -> str:
    """A verdict as `as_json` gives it, for people and safe to print: what did not pass first."""
    order = ("fail", "warn", "pass")
    lines = []
    for rule in sorted(said["rules"], key=lambda rule: order.index(rule["status"])):
        lines.append(f"{rule['status'].upper()} {rule['id']}")
        bad = rule["groups_not_passed"]
        shown = rule["checks"][: 5 if bad else 1]
        lines += [f"     {_line(check['where'], check['said'])}" for check in shown]
        if bad > len(shown):
            lines.append(f"     and {bad - len(shown):,} more")
        if rule["status"] != "pass":
            lines.append(f"     {rule['reason']} (owner: {rule['owner']})")
    counts = [
        f"{sum(rule['status'] == status for rule in said['rules'])} {word}"
        for status, word in (("fail", "failed"), ("warn", "warned"), ("pass", "passed"))
    ]
    lines.append(f"{plural(len(said['rules']), 'rule')}: {', '.join(counts)}")
    return "\n".join(lines) + "\n"


def _line(where: str, said: str) -> str:
    return f"{where}: {said}" if where else said


def junit(verdict: Verdict) -> bytes:
    """The verdict as JUnit XML, a test case a rule; a warning is a case that passes and says so."""
    failed = [outcome for outcome in verdict.outcomes if outcome.status == "fail"]
    suite = ET.Element(
        "testsuite",
        name=visible(f"policy of {verdict.audit}"),
        tests=str(len(verdict.outcomes)),
        failures=str(len(failed)),
        errors="0",
        skipped="0",
    )
    for outcome in verdict.outcomes:
        rule = outcome.rule
        case = ET.SubElement(
            suite, "testcase", classname=visible(f"{rule.table}.{rule.metric}"),
            name=visible(rule.id), time="0",
        )  # fmt: skip
        said = "\n".join(
            _line(check.where, check.said) for check in (outcome.bad or outcome.checks)[:MAX_CHECKS]
        )
        about = f"{visible(rule.reason, 1000)} (owner: {visible(rule.owner)})"
        if outcome.status == "fail":
            first = _line(outcome.bad[0].where, outcome.bad[0].said)
            ET.SubElement(case, "failure", message=first, type="policy").text = f"{said}\n{about}"
        else:
            word = "warning: " if outcome.status == "warn" else ""
            ET.SubElement(case, "system-out").text = f"{word}{said}\n{about}"
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def write_junit(verdict: Verdict, path: str) -> None:
    """Write `junit` to a file, whole or not at all.

    Raises:
        PolicyError: it cannot be written.
    """
    target = Path(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        partial.write_bytes(junit(verdict))
        partial.replace(target)
    except OSError as error:
        raise PolicyError(f"cannot write {path}: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
