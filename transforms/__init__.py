"""What is measured: token batches, kernels, and one module a measure.

Importing this package gives numba a cache folder that it can write.
"""

import os
import tempfile
from pathlib import Path


def _writable_cache() -> None:
    """Where neither the package's folder nor the user's cache can be written (a read-only
    container), numba fails at import; a folder for temporary files serves instead."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    here = Path(__file__).parent
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    caches = here / "__pycache__", user / "numba"
    # A cache that is not there yet can be made if its parent can be written.
    if any(os.access(c if c.is_dir() else c.parent, os.W_OK) for c in (*caches, user)):
        return
    fallback = Path(tempfile.gettempdir()) / f"corpus-assay-numba-{os.getuid()}"
    fallback.mkdir(mode=0o700, exist_ok=True)
    # The cache holds code: a folder that somebody else made is not used.
    if fallback.lstat().st_uid != os.getuid() or fallback.lstat().st_mode & 0o022:
        fallback = Path(tempfile.mkdtemp(prefix="corpus-assay-numba-"))
    os.environ["NUMBA_CACHE_DIR"] = str(fallback)


_writable_cache()
