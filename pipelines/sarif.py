"""Findings as SARIF 2.1.0, for code-scanning viewers and for machines.

One result a document and rule; viewers show at most `MAX_RESULTS` of a run, so what is beyond is
summed into one result a rule, the least severe first. Personal data and secrets, and everything
else of severity ``info``, have no findings and so no results. OASIS, *Static Analysis Results
Interchange Format (SARIF) Version 2.1.0*, 2023.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from corpus_assay.reports import audit as audits
from corpus_assay.reports.findings import Evidence, grouped, places
from corpus_assay.reports.formats import plural, visible

MAX_RESULTS = 5000
LEVELS: Mapping[str, str] = {"high": "error", "medium": "warning", "low": "note"}
_SCORES = {"high": "8.0", "medium": "5.0", "low": "2.0"}
"""``security-severity`` of GitHub's code scanning."""
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_COMPRESSIONS = (".gz", ".zst", ".bz2", ".xz")
_STREAMS = (".jsonl", ".ndjson", ".txt", ".warc", ".wet", ".wat", ".arc", ".json")
_ORDER = list(LEVELS)
MAX_RULE_TEXT = 1000
_RULE_TEXTS = ("name", "why", "false_positives", "reference")


def sarif(folder: Path) -> dict[str, Any]:
    """The findings of an audit folder as a SARIF log.

    Memory: `MAX_RESULTS` results and `reports.findings.ROWS_AT_ONCE` findings.

    Raises:
        ReportError: the folder is no complete audit, or signatures were not measured in it.
    """
    audit = audits.load(folder)
    if "finding_counts" not in audit.tables:
        raise audits.ReportError(
            f"{folder} holds no findings: run 'corpus-assay audit' with the measure signatures"
        )
    rules = [
        rule | {name: visible(rule[name], MAX_RULE_TEXT) for name in _RULE_TEXTS}
        for rule in audit.manifest["rules"]["rules"]
        if rule["severity"] in LEVELS
    ]
    number = {rule["id"]: k for k, rule in enumerate(rules)}
    files = places(audit)
    room = max(MAX_RESULTS - len(rules), 0)
    kept: list[Evidence] = []
    beyond: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for portion in grouped(audit):
        known = [row for row in portion if row.rule in number]
        kept.extend(known)
        kept.sort(key=lambda row: (_ORDER.index(row.severity), row.file, row.position, row.rule))
        for row in kept[room:]:
            beyond[row.rule][0] += 1
            beyond[row.rule][1] += row.count
        del kept[room:]
    results = [_result(row, number, rules, files) for row in kept]
    results += [
        _rest(rule, documents, findings, rules[number[rule]])
        for rule, (documents, findings) in sorted(beyond.items())
    ]
    tool = audit.manifest["tool"]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": str(tool.get("name")),
                        "version": str(tool.get("version")),
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "results": results,
                "properties": {
                    "documents": audit.manifest["counts"]["audited"],
                    "created": audit.manifest["created"],
                },
            }
        ],
    }


def write(folder: Path, output: Path) -> int:
    """Write the log of an audit folder to a file; gives the number of results.

    Raises:
        ReportError: as `sarif`.
        OSError: the file cannot be written.
    """
    log = sarif(folder)
    output.write_text(text(log), encoding="utf-8")
    return len(log["runs"][0]["results"])


def text(log: Mapping[str, Any]) -> str:
    """A log as JSON in ASCII."""
    return json.dumps(log, ensure_ascii=True, indent=1) + "\n"


def _rule(rule: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": rule["id"],
        "name": "".join(word.capitalize() for word in rule["id"].split("-")),
        "shortDescription": {"text": rule["name"]},
        "fullDescription": {"text": rule["why"]},
        "help": {"text": f"Benign: {rule['false_positives']} Source: {rule['reference']}"},
        "defaultConfiguration": {"level": LEVELS[rule["severity"]]},
        "properties": {
            "security-severity": _SCORES[rule["severity"]],
            "tags": ["security", "training-data"],
        },
    }


def _result(
    row: Evidence, number: Mapping[str, int], rules: list[Mapping[str, str]], files: list[str]
) -> dict[str, Any]:
    path = files[row.file] if row.file < len(files) else f"file-{row.file}"
    text = f"{rules[number[row.rule]]['name']} in {row.field or 'the text'}"
    text += f", bytes {row.start} to {row.end}"
    if row.excerpt:
        text += f": {row.excerpt}"
    text = text.replace("](", "] (")  # else viewers show a link (3.11.6)
    properties = {"position": row.position, "field": row.field, "start": row.start, "end": row.end}
    properties |= {"language": row.language, "source": row.source}
    if row.id:
        properties["id"] = row.id
    return {
        "ruleId": row.rule,
        "ruleIndex": number[row.rule],
        "level": LEVELS[row.severity],
        "message": {"text": text},
        "locations": [_location(path, row.position)],
        "occurrenceCount": row.count,
        "partialFingerprints": {"document/v1": _fingerprint(row.rule, path, row.position)},
        "properties": properties,
    }


def _location(path: str, position: int) -> dict[str, Any]:
    """Where a document is: a byte of a stream, or a row that no byte offset can name."""
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(path)}}
    bare = path.lower()
    for ending in _COMPRESSIONS:
        bare = bare.removesuffix(ending)
    if bare.endswith(_STREAMS):
        physical["region"] = {"byteOffset": position}
        return {"physicalLocation": physical}
    logical = {"fullyQualifiedName": f"{path}#row={position}", "kind": "member"}
    return {"physicalLocation": physical, "logicalLocations": [logical]}


def _rest(id: str, documents: int, findings: int, rule: Mapping[str, str]) -> dict[str, Any]:
    return {
        "ruleId": id,
        "level": LEVELS[rule["severity"]],
        "message": {
            "text": f"{rule['name']}: {plural(documents, 'more document')} in the table findings, "
            "not listed here"
        },
        "occurrenceCount": findings,
        "partialFingerprints": {"rest/v1": _fingerprint(id, "", 0)},
    }


def _fingerprint(rule: str, path: str, position: int) -> str:
    return hashlib.sha256(f"{rule}\0{path}\0{position}".encode()).hexdigest()[:32]
