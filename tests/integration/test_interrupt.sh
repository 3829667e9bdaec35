#!/usr/bin/env bash
# heapchurn diagnose, isolate and calibrate, interrupted: what was measured is printed, what the tools wrote is
# kept, the exit status is that of `heapchurn run`, and nothing is left behind: no process, no
# temporary file.
#
#     test_interrupt.sh BIN_DIR ROW
set -u
bin=$(realpath "$1")
row=$2 # any that the build has
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
tests=0
mkdir "$scratch/programs" "$scratch/tools" "$scratch/tmp"
mkfifo "$scratch/event"
exec 7<>"$scratch/event"
for name in "proxy-$row" churner; do ln -s "$bin/$name" "$scratch/programs/$name"; done

fail() {
    echo "FAILED: $case: $*"
    sed 's/^/    stdout: /' "$scratch/out" | tail -n 12
    sed 's/^/    stderr: /' "$scratch/err" | tail -n 8
    failed=$((failed + 1))
}

# says FILE PATTERN
says() {
    grep -qE -- "$2" "$scratch/$1" || fail "std$1 lacks: $2"
}

# program PATH BODY: a script; `hangs` in it tells its process, and that of a child of it, and hangs.
program() {
    rm -f "$1"
    cat >"$1" <<SCRIPT
#!/bin/sh
hangs() { sleep 600 & echo "\$\$ \$!" >'$scratch/event'; exec sleep 600; }
$2
SCRIPT
    chmod 755 "$1"
}

# The peer as it is, but the one that is started as number N (0: none) hangs.
peer_hangs_at() {
    echo 0 >"$scratch/starts"
    program "$scratch/programs/peer-$row" "n=\$((\$(cat '$scratch/starts') + 1))
echo \$n >'$scratch/starts'
[ \$n -ne $1 ] || hangs
exec '$bin/peer-$row' \"\$@\""
}

# interrupted SIGNALS COMMAND ARGUMENT...: signalled when something hangs.
interrupted() {
    local signals=$1 signal command pids pid
    shift
    case="$*, $signals"
    tests=$((tests + 1))
    PATH=$scratch/tools:$PATH TMPDIR=$scratch/tmp "$bin/heapchurn" "$@" -a "$row" \
        --programs "$scratch/programs" >"$scratch/out" 2>"$scratch/err" </dev/null 7>&- &
    command=$!
    read -t 100 -ra pids <&7 || fail "nothing hangs"
    for signal in $signals; do kill -"$signal" "$command" 2>/dev/null; done
    wait "$command"
    status=$?
    [ "$status" -eq 3 ] || fail "exit status $status, expected 3"
    for pid in "${pids[@]}"; do
        [ ! -d "/proc/$pid" ] || fail "process $pid is left: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
    done
    pgrep -f "$scratch/programs" >/dev/null && fail "left: $(pgrep -af "$scratch/programs")"
    [ -z "$(ls -A "$scratch/tmp")" ] || fail "left in TMPDIR: $(ls -A "$scratch/tmp")"
}

cat >"$scratch/tiny.yaml" <<'YAML'
question: Can it be interrupted?
load: rounds
peers: 2
rounds: 3
mesh: false
drain: pollset
quiet: 50ms
released: 50ms
YAML

# A tool's programs, for machines that have none: it runs the peer as it is.
# shellcheck disable=SC2016 # for the shell that runs it
run_it='while :; do case $1 in --*) shift ;; *) exec "$@" ;; esac; done'
program "$scratch/tools/valgrind" "$run_it"
program "$scratch/tools/vgdb" hangs
diagnose=(diagnose -w "$scratch/tiny.yaml" --rounds 3)

peer_hangs_at 1
interrupted INT "${diagnose[@]}" -o "$scratch/plain"
says err "interrupted before anything was measured; the logs are in $scratch/plain/plain"
[ -e "$scratch/plain/plain/proxy.log" ] || fail "the logs are not kept"
[ ! -s "$scratch/out" ] || fail "prints what was not measured"

peer_hangs_at 2
interrupted TERM "${diagnose[@]}" --with memcheck -o "$scratch/starting"
says err "interrupted under memcheck; what it wrote until then is in $scratch/starting/memcheck"
says out "^tiny on $row, 6 cycles without a tool: "

peer_hangs_at 0
interrupted "INT INT" "${diagnose[@]}" --with memcheck -o "$scratch/quiet"
says err "interrupted under memcheck; "
says out "^tiny on $row, 6 cycles without a tool: "
[ -s "$scratch/quiet/memcheck/maps" ] || fail "what was written is not kept"

# One tool has come to its end, the next one's view hangs: the first one's answer is printed.
program "$scratch/tools/vgdb" "exit 1"
program "$scratch/tools/ms_print" hangs
interrupted HUP "${diagnose[@]}" --with memcheck --with massif -o "$scratch/view"
says err "interrupted under massif; "
says out "^memcheck +n/a"
[ -s "$scratch/view/memcheck/diagnosis.json" ] || fail "the first tool's result is not stored"
[ ! -e "$scratch/view/massif/diagnosis.json" ] || fail "half a result is stored"

# The real one: the pipes that it makes in TMPDIR go too.
rm "$scratch/tools/valgrind"
ln -sf "$bin/peer-$row" "$scratch/programs/peer-$row"
if command -v valgrind >/dev/null && [ "$row" != sanitizer ]; then
    program "$scratch/tools/vgdb" "ls -A \"\$TMPDIR\" >'$scratch/pipes'; hangs"
    interrupted INT "${diagnose[@]}" --with memcheck -o "$scratch/real"
    grep -q vgdb-pipe "$scratch/pipes" || fail "valgrind's pipes are not in its TMPDIR"
    [ -s "$scratch/real/memcheck/memcheck.txt" ] || fail "what it wrote is not kept"
else
    echo "left out: valgrind is not installed, or cannot run this build"
fi

# The fifth of ten steps hangs.
peer_hangs_at 5
interrupted INT isolate
says err "interrupted; 4 of 10 steps were measured"
says out "^connect-only .* (leak|retention|plateau|inconclusive) .* (leak|retention|plateau|incon)"
says out "^announce-only .* (leak|retention|plateau|inconclusive) .* (leak|retention|plateau|incon)"
says out "^message-only +n/a +not run +n/a +not run"
says out "^Drained, no step was seen to grow; .*3 not measured\.$"
peer_hangs_at 1
interrupted TERM isolate
says err "interrupted; 0 of 10 steps were measured"
[ ! -s "$scratch/out" ] || fail "prints what was not measured"

# Seven cases of the first instrument, then one of the next hangs.
if [ "$row" != sanitizer ]; then
    echo 0 >"$scratch/starts"
    program "$scratch/programs/calibrate-$row" "n=\$((\$(cat '$scratch/starts') + 1))
echo \$n >'$scratch/starts'
[ \$n -ne 10 ] || hangs
exec '$bin/calibrate-$row' \"\$@\""
    interrupted INT calibrate
    says err "interrupted; 1 instrument was read"
    says out "^$row [0-9]"
    says out "^mtrace .* right$"
fi

echo "$((tests - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
