#!/usr/bin/env bash
# heapchurn isolate as a user meets it: the step that grows, wrong words, and steps that fail.
#
#     test_isolate.sh BIN_DIR FAKE_SUBJECT ROW
set -u
bin=$(realpath "$1")
fake=$(realpath "$2")
row=$3 # any that the build has
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
tests=0
mkdir "$scratch/tmp" "$scratch/programs" "$scratch/none" "$scratch/zero"

fail() {
    echo "FAILED: $case: $*"
    sed 's/^/    stdout: /' "$scratch/out"
    grep -v '…$' "$scratch/err" | sed 's/^/    stderr: /'
    failed=$((failed + 1))
}

# isolate STATUS ARGUMENT...
isolate() {
    local wanted=$1 status
    shift
    case="isolate $*"
    tests=$((tests + 1))
    TMPDIR=$scratch/tmp "$bin/heapchurn" isolate "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
    [ "$status" -eq "$wanted" ] || fail "exit status $status, expected $wanted"
}

# says FILE PATTERN
says() {
    grep -qE -- "$2" "$scratch/$1" || fail "std$1 lacks: $2"
}

# On a machine so busy that reading the statistics takes too long RSS is judged, which may be
# unclear, and then says so.
isolate 0 -a "$row"
says out "^Undrained, connect-only grows by [0-9.]+ KiB per step(; [0-9] could not be told)?\.$"
says out "^Drained, no step (grows|was seen to grow; [0-9] could not be told)\.$"
if [ "$row" = glibc ] && ! grep -q "anonymous RSS" "$scratch/out"; then
    awk '$1 == "connect-only" && $3 == "KiB" { right = $2 > 30 && $2 < 40 }
         END { exit !right }' "$scratch/out" || fail "connect-only holds about 35 KiB per step"
fi
awk 'length > 80 { exit 1 }' "$scratch/out" || fail "wider than 80 columns"
[ -z "$(ls -A "$scratch/tmp")" ] || fail "left in TMPDIR: $(ls -A "$scratch/tmp")"

isolate 2 -a nosuchrow
says err "unknown row 'nosuchrow'"
if [ "$row" = glibc ]; then # an instrumented build has no other one
    isolate 2 -a all
    says err "one row at a time"
fi
isolate 2 glibc
says err "unexpected argument 'glibc'; a row is named with -a"
isolate 2 --nosuchoption
HEAPCHURN_WORKLOAD_DIR=$scratch/none isolate 2 -a "$row"
says err "unknown workload 'connect-only'"
for step in connect announce message monitor context; do
    printf 'question: None?\nload: %s-only\npeers: 2\nrounds: 0\n' "$step" \
        >"$scratch/zero/$step-only.yaml"
done
HEAPCHURN_WORKLOAD_DIR=$scratch/zero isolate 2 -a "$row"
says err "connect-only.yaml:4:9: rounds: '0' is given; expected a whole number from 1"

isolate 3 -a "$row" --programs "$scratch/none"
says err "$scratch/none/proxy-$row: no such program"
[ -z "$(ls -A "$scratch/tmp")" ] || fail "left in TMPDIR: $(ls -A "$scratch/tmp")"

# Every step fails: why, and the logs are kept.
for name in "peer-$row" "proxy-$row" churner; do ln -s "$fake" "$scratch/programs/$name"; done
printf 'peer:ready:exit' >"$scratch/programs/fault"
isolate 3 -a "$row" --programs "$scratch/programs"
says out "^monitor-only +n/a +failed +n/a +failed"
says out "^connect-only, undrained, failed: peer ended too early: exit status 7"
says err "10 of 10 steps failed; their logs are in $scratch/tmp/heapchurn-isolate-"
logs=$(sed -n 's/.*their logs are in //p' "$scratch/err")
[ -e "$logs/connect-only-drained/plain/peer.log" ] || fail "the logs are not kept"

rm -rf "$scratch/tmp"
isolate 3 -a "$row"
says err "no folder for temporary files in $scratch/tmp: No such file or directory"

echo "$((tests - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
