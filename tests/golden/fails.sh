#!/bin/bash
# The runner can fail, and for the right reason: of a case in wrong/ it must say CASE.reason, exit 1.
#
#     fails.sh BIN CASE.sh
set -u
here=$(dirname "$0")
said=$("$here/run.sh" "$1" "$2" 2>&1)
status=$?
[ $status -eq 1 ] || { echo "exit status $status, expected 1: $said"; exit 1; }
grep -qxF -- "    $(<"${2%.sh}.reason")" <<<"$said" || { echo "not for its reason: $said"; exit 1; }
