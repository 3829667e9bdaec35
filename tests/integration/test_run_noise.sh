#!/usr/bin/env bash
# A busy loop beside a real trial: it is called noise of the core it is on, and the trial is run
# again, at most twice. Whatever else the machine does only adds to it.
#
#     test_run_noise.sh BIN_DIR ROW
set -u
bin=$(realpath "$1")
row=$2 # any that the build has
allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
load=${allowed%%[-,]*}
subjects=${allowed##*[-,]}
if [ "$load" = "$subjects" ]; then
    echo "skipped: only one core may be used, so that nothing is pinned"
    exit 77
fi
scratch=$(mktemp -d)
burner=
trap '[ -z "$burner" ] || kill "$burner"; rm -rf "$scratch"' EXIT
failed=0

fail() {
    echo "FAILED: $*"
    sed 's/^/    stderr: /' "$scratch/err"
    failed=$((failed + 1))
}

cat >"$scratch/tiny.yaml" <<'YAML'
question: Who else is on the core?
load: rounds
peers: 4
rounds: 10
mesh: false
drain: pollset
quiet: 10ms
released: 10ms
YAML

# beside CPU REPETITIONS OUT: a run with a busy loop on that core.
beside() {
    taskset -c "$1" sh -c 'while :; do :; done' &
    burner=$!
    "$bin/heapchurn" run --no-passes -w "$scratch/tiny.yaml" -a "$row" -r "$2" -o "$scratch/$3" \
        >"$scratch/out" 2>"$scratch/err" </dev/null || fail "run: exit status $?"
    kill "$burner"
    wait "$burner" 2>/dev/null
    burner=
}

# expect COUNT PATTERN: so many lines of stderr have it.
expect() {
    local found
    found=$(grep -cE -- "$2" "$scratch/err")
    [ "$found" -eq "$1" ] || fail "$found lines, not $1, have: $2"
}

# Of seven trials the first is repeated twice, the second once: that is a third of the plan.
beside "$load" 7 load
expect 10 "noisy: .*others took [0-9]+ % of the load's core \(limit 20 %\)"
for attempt in 1 2 3; do
    [ -f "$scratch/load/trials/0001-tiny-b1-$row-a$attempt/trial.json" ] ||
        fail "attempt $attempt of the first trial is not stored"
done
[ ! -e "$scratch/load/trials/0001-tiny-b1-$row-a4" ] || fail "repeated more than twice"

beside "$subjects" 1 subjects
expect 2 "noisy: others took [0-9]+ % of the subjects' core \(limit 20 %\)"

[ "$failed" -eq 0 ] && echo "passed"
exit "$failed"
