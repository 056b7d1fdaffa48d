"""Files of a training corpus to Arrow record batches of documents.

`list_files` finds the files, `plan` cuts them into units of work, `read_unit` reads one unit.
Nothing here depends on how the work is run.
"""

from corpus_assay.pipelines.sources.files import in_stores, list_files, plan
from corpus_assay.pipelines.sources.model import (
    COUNT_SCHEMA,
    REJECT_SCHEMA,
    Chunk,
    InputError,
    InputFile,
    ReadOptions,
    Span,
)
from corpus_assay.pipelines.sources.units import (
    check_layout,
    layouts,
    read_unit,
    recognise_slices,
)

__all__ = [
    "COUNT_SCHEMA",
    "REJECT_SCHEMA",
    "Chunk",
    "InputError",
    "InputFile",
    "ReadOptions",
    "Span",
    "check_layout",
    "in_stores",
    "layouts",
    "list_files",
    "plan",
    "read_unit",
    "recognise_slices",
]
