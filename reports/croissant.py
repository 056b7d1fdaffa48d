"""The audit as MLCommons Croissant: JSON-LD about the audited files, with responsible-AI fields.

Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html) and its extension
Croissant RAI 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-rai-spec.html). What an
audit cannot know (licence, creator, address, date of publication) is left out unless somebody says
it; `missing` names it.
"""

from __future__ import annotations

import glob
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from corpus_assay.reports import audit as audits
from corpus_assay.reports import figures, formats
from corpus_assay.reports.statements import About, Statements, statements

CONFORMS_TO = ("http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0")

CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""Croissant 1.0, appendix 1, and the prefix of the RAI extension."""

RAI = frozenset(
    f"rai:{name}"
    for name in (
        *("dataCollection", "dataCollectionType", "dataCollectionMissingData"),
        *("dataCollectionRawData", "dataCollectionTimeframe", "dataImputationProtocol"),
        *("dataPreprocessingProtocol", "dataManipulationProtocol", "dataAnnotationProtocol"),
        *("dataAnnotationPlatform", "dataAnnotationAnalysis", "dataReleaseMaintenancePlan"),
        *("personalSensitiveInformation", "dataSocialImpact", "dataBiases", "dataLimitations"),
        *("dataUseCases", "annotationsPerItem", "annotatorDemographics"),
        "machineAnnotationTools",
    )
)
"""Croissant RAI 1.0, and ``docs/croissant_rai.ttl`` of mlcommons/croissant: the whole vocabulary.
No validator notices a key that is in none of these lists, so `unknown_keys` does."""

KEYS: Mapping[str, frozenset[str]] = {
    "sc:Dataset": RAI
    | {
        *("@context", "@type", "conformsTo", "name", "description", "license", "url", "creator"),
        *("datePublished", "keywords", "publisher", "version", "dateCreated", "dateModified"),
        *("sameAs", "sdLicense", "inLanguage", "distribution", "recordSet", "isLiveDataset"),
        "citeAs",
    },
    "cr:FileObject": frozenset(
        (
            *("@type", "@id", "name", "description", "contentUrl", "contentSize"),
            *("encodingFormat", "sameAs", "sha256", "md5", "containedIn"),
        )
    ),
    "cr:FileSet": frozenset(
        (
            *("@type", "@id", "name", "description", "containedIn", "includes", "excludes"),
            "encodingFormat",
        )
    ),
    "cr:RecordSet": frozenset(
        (
            *("@type", "@id", "name", "description", "field", "key", "data", "examples"),
            "dataType",
        )
    ),
    "cr:Field": frozenset(
        (
            *("@type", "@id", "name", "description", "source", "dataType", "repeated"),
            *("equivalentProperty", "references", "subField", "parentField"),
        )
    ),
    "source": frozenset(
        ("fileObject", "fileSet", "recordSet", "extract", "transform", "format"),
    ),
    "extract": frozenset(("column", "jsonPath", "fileProperty")),
    "fileSet": frozenset(("@id",)),
}
"""Keys of a node by its ``@type``, or by the key that it stands under: Croissant 1.0, sections
"Dataset-level Information", "Resources" and "RecordSets"."""

REQUIRED = ("description", "license", "name", "url", "creator", "datePublished")
"""Croissant 1.0, "Required": what every dataset must say."""

MAX_FILES = 1000
"""Files that are named one by one."""

_TYPES = {
    **dict.fromkeys((".jsonl", ".ndjson", ".jsonlines"), "application/jsonlines"),
    **dict.fromkeys((".parquet", ".pq", ".parq"), "application/x-parquet"),
    **dict.fromkeys((".txt", ".text"), "text/plain"),
    **dict.fromkeys((".tsv", ".tab"), "text/tab-separated-values"),
    **dict.fromkeys((".warc", ".wet", ".wat"), "application/warc"),
    **dict.fromkeys((".arrow", ".feather", ".ipc"), "application/vnd.apache.arrow.file"),
    ".json": "application/json",
    ".csv": "text/csv",
}
_COMPRESSIONS = {
    **dict.fromkeys((".gz", ".gzip"), "application/gzip"),
    **dict.fromkeys((".zst", ".zstd"), "application/zstd"),
    ".bz2": "application/x-bzip2",
    ".xz": "application/x-xz",
}
_UNKNOWN = "application/octet-stream"
_TABLES = (
    "application/jsonlines",
    "application/x-parquet",
    "text/csv",
    "text/tab-separated-values",
)
_COLUMNS = ("text_column", "id_column", "language_column", "source_column")


def croissant(
    folder: Path,
    about: About,
    short: Callable[[str], str],
    digests: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The description of the corpus of an audit folder.

    Args:
        folder: a complete audit.
        about: what the people say who answer for the corpus.
        short: the code of a language in catalogues, from its ISO 639-3 code.
        digests: SHA-256 of files by their path in the audit, where they were computed.

    Raises:
        ReportError: the folder is no complete audit.
    """
    audit = audits.load(folder)
    page = figures.compute(audit)
    said = statements(page)
    name = formats.visible(about.name or folder.resolve().name)
    files = audit.tables["files"].select(["path", "bytes"]).to_pylist()
    sets = _sets(files)
    described: dict[str, Any] = {
        "@context": dict(CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS_TO),
        "name": name,
        "description": " ".join(
            (
                *said.composition,
                f"Described by an audit with {page.tool} {page.version} of {page.created[:10]}.",
            )
        ),
        "license": formats.visible(about.license),
        "url": formats.visible(about.url),
        "inLanguage": list(dict.fromkeys(short(row.code) for row in page.known if row.documents)),
        "distribution": [*_objects(files, digests or {}), *(made for made, _ in sets)],
        "recordSet": list(_records(sets, audit.manifest["configuration"].get("read") or {})),
        **_rai(said),
    }
    described = {key: value for key, value in described.items() if value not in ("", [], None)}
    if unknown := unknown_keys(described):
        raise ValueError(f"keys that Croissant does not know (a fault of this tool): {unknown}")
    return described


def missing(described: Mapping[str, Any]) -> tuple[str, ...]:
    """Properties that Croissant requires and that a description does not hold."""
    return tuple(name for name in REQUIRED if name not in described)


def text(described: Mapping[str, Any]) -> str:
    """A description as JSON that can also stand in the script element of a web page."""
    made = json.dumps(described, ensure_ascii=False, indent=2)
    for character in "<>&":
        made = made.replace(character, f"\\u{ord(character):04x}")
    return made + "\n"


def unknown_keys(node: object, under: str = "") -> list[str]:
    """Keys of a description, and of the nodes in it, that are not in `KEYS`."""
    if isinstance(node, list):
        return [key for each in node for key in unknown_keys(each, under)]
    if not isinstance(node, Mapping) or under == "@context":
        return []
    kind = node.get("@type", under)
    known = KEYS.get(kind, frozenset())
    found = [f"{kind}: {key}" for key in node if key not in known]
    return found + [key for name, each in node.items() for key in unknown_keys(each, name)]


def _rai(said: Statements) -> dict[str, Any]:
    """What the audit knows of the fields of the RAI vocabulary; a field that is silent is left
    out, which is not to say that there is nothing to say."""
    return {
        "rai:dataCollectionMissingData": " ".join(said.missing),
        "rai:dataBiases": [*said.representation, *said.languages],
        "rai:dataLimitations": [*said.duplicates, *said.safety, *said.unseen, *said.limits],
        "rai:personalSensitiveInformation": list(said.personal),
    }


def _formats(path: str) -> tuple[str, ...]:
    """Media types of a file by its name: of what is in it, then of its compression."""
    stem, dot, ending = path.lower().rpartition(".")
    packed = _COMPRESSIONS.get(dot + ending)
    if packed:
        stem, dot, ending = stem.rpartition(".")
    kind = _TYPES.get(dot + ending, _UNKNOWN)
    return (kind, packed) if packed else (kind,)


def _objects(
    files: Sequence[Mapping[str, Any]], digests: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """Files whose digest is known; Croissant has no use for others one by one."""
    for number, row in enumerate(files):
        if row["path"] in digests:
            path = formats.visible(row["path"], 4096)
            yield {
                "@type": "cr:FileObject",
                "@id": f"file-{number}",
                "name": path,
                "contentUrl": quote(path),
                "contentSize": f"{row['bytes']} B",
                "encodingFormat": list(_formats(path)),
                "sha256": digests[row["path"]],
            }


def _sets(files: Sequence[Mapping[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """Files by media type, with the type of what is in them."""
    by_type: dict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in files:
        by_type[_formats(row["path"])].append(row)
    made = []
    for number, (types, rows) in enumerate(sorted(by_type.items())):
        size = formats.size(sum(row["bytes"] or 0 for row in rows))
        described: dict[str, Any] = {
            "@type": "cr:FileSet",
            "@id": f"files-{number}",
            "name": f"{types[0]} files",
            "description": f"{formats.plural(len(rows), 'audited file')}, {size}.",
            "encodingFormat": list(types),
            "includes": [glob.escape(formats.visible(row["path"], 4096)) for row in rows],
        }
        if len(rows) > MAX_FILES:
            endings = {"".join(Path(row["path"]).suffixes[-len(types) :]) for row in rows}
            described["includes"] = [
                f"**/*{glob.escape(formats.visible(e))}" for e in sorted(endings)
            ]
            described["description"] += " There may be others that the audit did not read."
        made.append((described, types[0]))
    return made


def _records(
    sets: Sequence[tuple[dict[str, Any], str]], read: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Records of each set of files, with the columns that the audit was told of. Columns that were
    guessed, and nested ones, are left out."""
    named = [
        (role.removesuffix("_column"), column.strip())
        for role in _COLUMNS
        for column in str(read.get(role) or "").split(",")
        if column.strip() and "." not in column
    ]
    for made, kind in sets:
        fields = []
        if kind in _TABLES:
            fields = [(role, {"column": formats.visible(column)}) for role, column in named]
        elif kind == "text/plain":
            whole = read.get("text_unit") == "file"
            fields = [("text", {"fileProperty": "content" if whole else "lines"})]
        if fields:
            records = f"records-{made['@id']}"
            yield {
                "@type": "cr:RecordSet",
                "@id": records,
                "name": f"records of {made['name']}",
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"{records}/{role}-{number}",
                        "name": extract.get("column", role),
                        "description": f"The {role} of a document.",
                        "dataType": "sc:Text",
                        "source": {"fileSet": {"@id": made["@id"]}, "extract": extract},
                    }
                    for number, (role, extract) in enumerate(fields)
                ],
            }
