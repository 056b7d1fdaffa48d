#!/bin/sh
# Audits a corpus, says what changed, holds the audit against a policy and keeps the history.
#
#   nightly.sh CORPUS AUDITS POLICY [options of 'corpus-assay audit' …]
#
# AUDITS is a folder that holds one audit a run, named by its time:
#   AUDITS/20261121T020000Z/       the audit
#   AUDITS/drift/20261121T020000Z/ what changed since the baseline
#   AUDITS/history/history.html    all audits as lines over time
#   AUDITS/policy.xml              the last verdict, as JUnit XML
#   AUDITS/signed-off              if you make it: a link to the audit that is the baseline;
#                                  without it the baseline is the audit before
#
# Exit codes are those of corpus-assay: 0 fine, 1 the policy failed, 2 used wrongly, 3 a run failed;
# 75 where the last run is still going on.
set -eu
umask 027

if [ $# -lt 3 ]; then
    echo "usage: nightly.sh CORPUS AUDITS POLICY [options of 'corpus-assay audit' ...]" >&2
    exit 2
fi
corpus=$1 audits=$2 policy=$3
shift 3
mkdir -p "$audits"

exec 9>"$audits/.lock"
if ! flock -n 9; then
    echo "the last run is still going on" >&2
    exit 75
fi

name=$(date -u +%Y%m%dT%H%M%SZ)
baseline=
if [ -e "$audits/signed-off/audit.json" ]; then
    baseline=$audits/signed-off
else
    # Names sort by time; a folder without audit.json is no finished audit.
    for folder in "$audits"/2*Z; do
        if [ -e "$folder/audit.json" ]; then baseline=$folder; fi
    done
fi

corpus-assay audit "$corpus" --output "$audits/$name" --quiet "$@"
verdict=0
if [ -n "$baseline" ]; then
    corpus-assay compare "$baseline" "$audits/$name" --output "$audits/drift/$name"
    corpus-assay check "$audits/$name" --policy "$policy" --baseline "$baseline" \
        --junit "$audits/policy.xml" || verdict=$?
else
    corpus-assay check "$audits/$name" --policy "$policy" --junit "$audits/policy.xml" || verdict=$?
fi
corpus-assay history "$audits" --output "$audits/history" --overwrite
exit "$verdict"
