"""Licence, year and domain of documents, from columns of their usual names.

``--slice-by auto`` asks for these slices: each file's own column is taken, whatever it is called
there, and its values are brought to one form (a year, a host), so that files can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

AUTO = "auto"
"""Among the names of slices: every slice of `RECOGNISED` that the input has a column for."""

LICENSE, YEAR, DOMAIN = "license", "year", "domain"

RECOGNISED: Mapping[str, tuple[str, ...]] = {
    LICENSE: (
        "license", "licence", "licenses", "licences", "license_name", "license_type",
        "license_id", "spdx_license", "license_expression", "license_url", "rights",
    ),
    YEAR: (
        "year", "publication_year", "date", "timestamp", "datetime", "created", "created_at",
        "created_utc", "creation_date", "created_date", "date_created", "publication_date",
        "publish_date", "published", "published_at", "published_date", "date_published",
        "pub_date", "pubdate", "crawl_date", "crawl_time", "crawl_timestamp", "crawled_at",
        "date_crawled", "date_download", "fetch_time", "warc_date",
    ),
    DOMAIN: (
        "domain", "host", "hostname", "host_name", "url_host", "url_domain", "source_domain",
        "website", "site", "url", "uri", "page_url", "source_url", "web_url", "base_url",
        "warc_target_uri", "link",
    ),
}  # fmt: skip
"""Slices, and the names of the columns that tell them, the first that is there wins. Case is not
compared; ``-``, ``_``, blanks and the dots of nested columns are one."""

_NESTED = ("", "meta_", "metadata_", "warc_metadata_", "attributes_")

_LONGEST = 100
"""Characters of a licence's name, or identifier; longer values are its text."""

_YEAR = r"(?P<year>(?:1[4-9]|20)\d\d)"
_BEGINS = rf"^{_YEAR}(?:(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:\d{{4}}|\d{{6}})?)?(?:\D|$)"
_HOLDS = rf"(?:^|\D){_YEAR}(?:\D|$)"
_SECONDS = r"^(?P<seconds>\d{9,10})(?:\d{3})?(?:\.\d*)?$"
_LAST_SECOND = 4_102_444_800
"""Seconds from 1970 to 2100."""

_ADDRESS = r"^(?:[A-Za-z][A-Za-z0-9+.\-]*:)?//(?:[^/?#@]*@)?(?P<host>\[[^\]]*\]|[^/?#:]+)"
_BARE = r"^(?P<host>[^\s/?#:@]+\.[^\s/?#:@]+)(?:[:/?#].*)?$"
_NAME = r"^(?P<host>[^/?#:@]+)$"


def recognise(
    kinds: Mapping[str, str], accepted: Iterable[str], values: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """The column of each slice of `RECOGNISED` that has one.

    Args:
        kinds: kind of each column, by its (dotted) name.
        accepted: kinds that hold values that can be sliced by.
        values: some strings of columns, where known; a column whose strings tell nothing (no
            year in any of them, whole texts of licences) is passed over.
    """
    wanted = frozenset(accepted)
    names: dict[str, str] = {}
    for name, kind in kinds.items():
        if kind in wanted:
            names.setdefault(re.sub(r"[-. ]", "_", name.lower()), name)
    found = {}
    for slice_name, known in RECOGNISED.items():
        columns = (names.get(prefix + name) for prefix in _NESTED for name in known)
        for column in columns:
            if column is not None and _tells(slice_name, values.get(column, ())):
                found[slice_name] = column
                break
    return found


def _tells(slice_name: str, values: Sequence[str]) -> bool:
    if slice_name == LICENSE:
        return all(len(value) <= _LONGEST for value in values)
    told = derive(slice_name, pa.array(values, pa.string()))
    return not any(values) or told.null_count < len(told)


def derive(slice_name: str, values: pa.Array) -> pa.Array:
    """Values (strings) of a recognised column as those of its slice (strings, null where a value
    tells nothing).

    A year is the four digits that a date begins with or holds (2021-05-03, 20210503, 3 May 2021),
    or that of seconds or milliseconds since 1970 (UTC). A domain is the host of an address, in
    small letters, without ``www.``, port and user; a value that is no address stays, if it is no
    path either. A licence stays as it is.
    """
    if slice_name == YEAR:
        return _years(values)
    return _hosts(values) if slice_name == DOMAIN else values


def _years(values: pa.Array) -> pa.Array:
    text = pc.utf8_trim_whitespace(values)
    found = _extracted(text, _BEGINS, "year")
    if found.null_count > values.null_count:
        found = pc.coalesce(found, _extracted(text, _HOLDS, "year"))
    if found.null_count > values.null_count:
        seconds = pc.cast(_extracted(text, _SECONDS, "seconds"), pa.int64())
        seconds = pc.if_else(pc.less(seconds, _LAST_SECOND), seconds, None)
        of_seconds = pc.year(pc.cast(seconds, pa.timestamp("s")))
        found = pc.coalesce(found, pc.cast(of_seconds, pa.string()))
    return found


def _hosts(values: pa.Array) -> pa.Array:
    text = pc.utf8_trim_whitespace(values)
    found = _extracted(text, _ADDRESS, "host")
    for pattern in (_BARE, _NAME):
        if found.null_count > values.null_count:
            found = pc.coalesce(found, _extracted(text, pattern, "host"))
    return pc.replace_substring_regex(pc.utf8_lower(found), r"^www\.|\.$", "")


def _extracted(text: pa.Array, pattern: str, group: str) -> pa.Array:
    return pc.struct_field(pc.extract_regex(text, pattern), group)
