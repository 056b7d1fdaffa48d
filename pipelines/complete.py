"""The end of an audit: from the tables that workers wrote to a manifest and a report."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus_assay.pipelines import check, finish, storage
from corpus_assay.pipelines.config import AuditConfig
from corpus_assay.pipelines.resume import RECORD, UNITS
from corpus_assay.pipelines.sources import InputError, InputFile
from corpus_assay.pipelines.work import FILES, PLAN
from corpus_assay.reports import write_report
from corpus_assay.reports.formats import plural


@dataclass(frozen=True)
class Facts:
    """What is known of a run besides its tables; small and picklable.

    output   folder or URL of the audit
    command  as it was typed
    created  when the run began, ISO 8601 in UTC
    weights  of sources in training, if there are any
    policy   to hold the audit against, if there is one
    layouts  which columns were read as what (`sources.layouts`)
    """

    output: str
    command: str
    created: str
    weights: Mapping[str, float] | None = None
    policy: check.Policy | None = None
    layouts: Sequence[Mapping[str, Any]] = ()


def refuse_nothing_read(staging: str, files: Sequence[InputFile]) -> None:
    """Raises `InputError` where every record was rejected."""
    counts = finish.records(staging)
    if counts["audited"] or not counts["rejected"]:
        return
    reasons = finish.reject_reasons(staging)
    others = f" and {plural(len(files) - 1, 'other file')}" if len(files) > 1 else ""
    raise InputError(
        f"{files[0].path}{others}: nothing could be read; expected records with text, but "
        f"{counts['rejected']:,} of {plural(counts['read'], 'record')} were rejected ({reasons}). "
        "--format and --text-column say what the input is"
    )


def manifest_of(
    staging: str,
    config: AuditConfig,
    files: Sequence[InputFile],
    passes: Sequence[str],
    facts: Facts,
    seconds: float,
) -> dict[str, Any]:
    """Complete the tables, drop what only led to them, and describe them."""
    finish.complete_tables(staging, config, files)
    storage.remove(staging, UNITS, "selections", RECORD, PLAN, FILES)
    manifest = finish.manifest_of(
        staging,
        config,
        command=facts.command,
        created=facts.created,
        seconds=seconds,
        weights=facts.weights,
        passes=passes,
    )
    return manifest | {"layouts": list(facts.layouts)}


def write_page(folder: Path, manifest: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """Write the manifest, with the verdict of the policy if there is one, and the report, beside
    the tables in a folder on this disk; the manifest as it was written."""
    finish.write_manifest(str(folder), manifest)
    if facts.policy is not None:
        name = os.path.basename(facts.output.rstrip("/"))
        verdict = check.judge(facts.policy, folder, name=name)
        manifest = manifest | {"policy": check.as_json(verdict)}
        finish.write_manifest(str(folder), manifest)
    write_report(folder)
    return manifest
