"""What people see of an audit, from its folder alone: Parquet tables and the manifest."""

from corpus_assay.reports.audit import ReportError
from corpus_assay.reports.page import render, write_report
from corpus_assay.reports.summary import summary, summary_json

__all__ = ["ReportError", "render", "summary", "summary_json", "write_report"]
