#!/usr/bin/env bash
# heapchurn run as a user meets it: faults of the machine and interruptions. What was measured stays
# readable, the exit status says what happened, and nothing is left running.
#
#     test_run_command.sh BIN_DIR FAKE_SUBJECT ROW
set -u
bin=$(realpath "$1")
fake=$(realpath "$2")
row=$3 # any that the build has
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
failed=0
tests=0

fail() {
    echo "FAILED: $case: $*"
    sed 's/^/    stdout: /' "$scratch/out" | tail -n 5
    sed 's/^/    stderr: /' "$scratch/err" | tail -n 5
    failed=$((failed + 1))
}

# expect STATUS PATTERN: of the command that ran last, exit status and a part of stderr.
expect() {
    tests=$((tests + 1))
    [ "$status" -eq "$1" ] || fail "exit status $status, expected $1"
    grep -qF -- "$2" "$scratch/err" || fail "stderr lacks: $2"
}

run() {
    case="run $*"
    "$bin/heapchurn" run "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    status=$?
}

# Programs that misbehave: every name the driver looks for is the fake.
programs() {
    local dir=$scratch/programs name
    mkdir -p "$dir"
    for name in "peer-$row" "proxy-$row" churner; do ln -sf "$fake" "$dir/$name"; done
    printf '%s' "$1" >"$dir/fault"
    echo "$dir"
}

cat >"$scratch/tiny.yaml" <<'YAML'
question: Does the driver survive this?
load: rounds
peers: 2
rounds: 3
mesh: false
drain: pollset
quiet: 50ms
released: 50ms
YAML

run -w "$scratch/tiny.yaml" -a "$row" -r 2 -o "$scratch/good" --seed 1
expect 0 "[2/2] tiny $row block 2: valid, 6 cycles"
"$bin/heapchurn" report "$scratch/good" >"$scratch/again" 2>&1 || fail "report of a stored run"
grep -q "$row" "$scratch/again" || fail "report prints no row"

run -w "$scratch/tiny.yaml" -a "$row" -o "$scratch/good"
expect 2 "holds a run already"

# Started without root's leave to write anywhere, a read-only folder refuses everybody else.
touch "$scratch/file"
run -w "$scratch/tiny.yaml" -a "$row" -o "$scratch/file/below"
expect 3 "cannot make this folder"

case="full disk"
(
    ulimit -f 8
    exec "$bin/heapchurn" run -w "$scratch/tiny.yaml" -a "$row" -r 1 -o "$scratch/full"
) >"$scratch/out" 2>"$scratch/err" </dev/null
status=$?
expect 3 "cannot be written"

mkdir "$scratch/empty"
run -w "$scratch/tiny.yaml" -a "$row" -o "$scratch/missing" --programs "$scratch/empty"
expect 3 "empty/peer-$row: no such program; run 'make' to build it"

run -w "$scratch/tiny.yaml" -a "$row" -r 1 -o "$scratch/dead" --programs "$(programs proxy:stats:exit)"
expect 3 "proxy"
grep -q "failed" "$scratch/err" || fail "a dead proxy is not called failed"

# Its parent may have told it not to hear of ends, or left it children: neither changes anything.
case="under a parent that ignores SIGCHLD and has a child"
perl -e '$SIG{CHLD} = "IGNORE"; defined(my $pid = fork) or die; $pid or exec qw(sleep 60);
         open my $out, ">", shift; print $out $pid; close $out; exec @ARGV' "$scratch/child" \
    "$bin/heapchurn" run -w "$scratch/tiny.yaml" -a "$row" -r 1 -o "$scratch/status" \
    --programs "$(programs peer:exit:status)" >"$scratch/out" 2>"$scratch/err" </dev/null
status=$?
expect 3 "exit status 3"
kill "$(cat "$scratch/child")" 2>/dev/null || fail "a child that is not its own was ended"

# Interrupt in mid-round: the churner hangs, so the moment does not matter.
interrupt() {
    case="interrupt $*"
    "$bin/heapchurn" run -w "$scratch/tiny.yaml" -a "$row" -r 1 -o "$scratch/$1" \
        --programs "$(programs churner:round:hang)" >"$scratch/out" 2>"$scratch/err" </dev/null &
    local pid=$!
    until [ -s "$scratch/$1/trials/0001-tiny-b1-$row-a1/churner.log" ] ||
        pgrep -P "$pid" -f "$scratch/programs/churner" >/dev/null; do
        kill -0 "$pid" 2>/dev/null || break
        read -rt 0.02 <> <(:) || :
    done
    shift
    local signal
    for signal in "$@"; do kill -"$signal" "$pid" 2>/dev/null; done
    wait "$pid"
    status=$?
}
interrupt stopped INT
expect 3 "interrupted; finish it with 'heapchurn run --resume"
interrupt stopped2 INT INT
expect 3 "interrupted; finish it with 'heapchurn run --resume"
interrupt stopped3 TERM
expect 3 "interrupted"
pgrep -f "$scratch/programs" >/dev/null && fail "processes are left: $(pgrep -af "$scratch/programs")"

case="resume"
"$bin/heapchurn" run --resume "$scratch/stopped" >"$scratch/out" 2>"$scratch/err" </dev/null
status=$?
expect 0 "[1/1] tiny $row block 1: valid, 6 cycles"

# Interrupted in a pass: every trial is there, and yet the run is not done.
if [ -x "$bin/peer-glibc" ]; then # an instrumented build has none
    case="interrupted in a pass"
    mkdir "$scratch/hanging"
    ln -s "$bin"/{proxy-glibc,churner,libledger.so} "$scratch/hanging/"
    mkfifo "$scratch/hangs"
    cat >"$scratch/hanging/peer-glibc" <<SH
#!/bin/sh
[ -z "\$HEAPCHURN_TOOL" ] || { echo >"$scratch/hangs" && exec sleep 60; }
exec "$bin/peer-glibc" "\$@"
SH
    chmod +x "$scratch/hanging/peer-glibc"
    "$bin/heapchurn" run -w "$scratch/tiny.yaml" -a glibc -r 1 -o "$scratch/passes" \
        --programs "$scratch/hanging" >"$scratch/out" 2>"$scratch/err" </dev/null &
    pid=$!
    read -rt 60 <>"$scratch/hangs"
    kill -INT "$pid"
    wait "$pid"
    status=$?
    expect 3 "interrupted; finish it with 'heapchurn run --resume"
fi

# What a stored run has decided cannot be said again.
for option in "-r 50" --no-aslr "--period 1s" --quick "--seed 3" "-w tiny" "-a $row" "-o x"; do
    # shellcheck disable=SC2086  # an option and its value
    run --resume "$scratch/good" $option
    expect 2 "takes what is measured from the stored run; leave ${option%% *} out"
done

# A copy of the good run with its first attempts alone, all of them quiet.
copy() {
    rm -rf "${scratch:?}/$1"
    cp -r "$scratch/good" "$scratch/$1"
    rm -rf "$scratch/$1"/trials/*-a[2-9] "$scratch/$1/passes"
    sed -i 's/"noisy": true/"noisy": false/' "$scratch/$1"/trials/*/trial.json
}

copy elsewhere
rm -r "$scratch"/elsewhere/trials/0002-*
sed -i 's/"kernel": "[^"]*"/"kernel": "2.4.1"/' "$scratch/elsewhere/run.json"
run --resume "$scratch/elsewhere"
expect 3 "cannot stand beside what was measured; kernel: 2.4.1 then, $(uname -r) now; begin a new run"
compgen -G "$scratch/elsewhere/trials/0002-*" >/dev/null && fail "it was measured"

copy older
rm -r "$scratch"/older/trials/0002-*
sed -i 's/"version": "[^"]*"/"version": "0.1"/' "$scratch"/older/trials/0001-*/trial.json
run --resume "$scratch/older" --no-passes
expect 3 "row $row: its allocator is version"
[ -e "$scratch/older/trials/0002-tiny-b2-$row-a1/trial.json" ] && fail "it was stored"

# A noisy trial whose repeat did not come to an end is repeated, until noise has had its share.
noisy() { sed -i 's/"noisy": false/"noisy": true/' "$scratch"/noisy/trials/"$1"-*-a1/trial.json; }
copy noisy
noisy 0001
run --resume "$scratch/noisy" --no-passes
expect 0 "[1/2] tiny $row block 1 again (2): valid"
rm -rf "$scratch"/noisy/trials/*-a3
sed -i 's/"noisy": true/"noisy": false/' "$scratch"/noisy/trials/*-a2/trial.json
noisy 0002
run --resume "$scratch/noisy" --no-passes
[ "$status" -eq 0 ] || fail "exit status $status"
[ -s "$scratch/err" ] && fail "repeated although a third of the plan was"

# Two files that would be one row.
mkdir "$scratch/one" "$scratch/two"
printf 'base: %s\nenvironment: A=1\nreason: x\n' "$row" |
    tee "$scratch/one/mine.yaml" >"$scratch/two/mine.yaml"
run -w "$scratch/tiny.yaml" -a "$scratch/one/mine.yaml" -a "$scratch/two/mine.yaml" -o "$scratch/rows"
expect 2 "$scratch/one/mine.yaml and $scratch/two/mine.yaml are both called 'mine'; rename one"

echo "$((tests - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
