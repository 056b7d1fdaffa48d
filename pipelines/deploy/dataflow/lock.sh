#!/bin/sh
# Locks every dependency of the image by version and hash, from pyproject.toml: requirements.lock.
# Needs uv (pip install uv) and a package index; run it when pyproject.toml changes.
set -eu
here=$(dirname "$0")
root="$here/../../.."
exec uv pip compile "$root/pyproject.toml" --extra gcp --upgrade --quiet \
    --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
    --generate-hashes --no-annotate --no-header \
    --output-file "$here/requirements.lock"
