#!/usr/bin/env bash
# heapchurn diagnose with a tool that is missing, crashes, may not look or leaves half a file, and
# with a peer that crashes under it: a sentence, the exit status, and what was written is kept. The
# tool is a stub that runs the peer as it is and leaves a report that valgrind once wrote.
#
#     test_diagnose_faults.sh BIN_DIR DATA_DIR ROW
set -u
bin=$(realpath "$1")
data=$(realpath "$2")
row=$3 # any that the build has
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
tests=0
mkdir "$scratch/tools" "$scratch/nothing"

fail() {
    echo "FAILED: $case: $*"
    sed 's/^/    /' "$scratch/out" | tail -n 20
    failed=$((failed + 1))
}

says() {
    tr -s '\n ' '  ' <"$scratch/out" | grep -qF -- "$1" || fail "lacks: $1" # lines are wrapped
}

# The stub: first INSTEAD of the peer, which may end it, then the report.
valgrind() {
    cat >"$scratch/tools/valgrind" <<SCRIPT
#!/bin/sh
$1
while :; do case \$1 in
    --log-file=*) cp '$scratch/report' "\${1#*=}"; shift ;;
    --*) shift ;;
    *) exec "\$@" ;;
    esac; done
SCRIPT
}

# What is run when the peer is quiet; \$1 is --pid=PEER.
vgdb() {
    printf '#!/bin/sh\n%s\n' "$1" >"$scratch/tools/vgdb"
}

# diagnose STATUS ARGUMENT...
diagnose() {
    local wanted=$1 status
    shift
    tests=$((tests + 1))
    dir=$scratch/$tests
    PATH=${path-$scratch/tools:$PATH} "$bin/heapchurn" diagnose -w "$scratch/tiny.yaml" -a "$row" \
        --rounds 1 -o "$dir" "$@" >"$scratch/out" 2>&1 </dev/null
    status=$?
    [ "$status" -eq "$wanted" ] || fail "exit status $status, expected $wanted"
}

# kept FILE PATTERN: in the tool's folder.
kept() {
    grep -qF -- "$2" "$dir/memcheck/$1" || fail "$1 is not kept"
}

cat >"$scratch/tiny.yaml" <<'YAML'
question: What is said of a tool that fails?
load: rounds
peers: 2
rounds: 1
mesh: false
drain: pollset
quiet: 50ms
released: 50ms
YAML
cp "$data/tools/memcheck.txt" "$scratch/report"
valgrind : && vgdb "cat '$data/tools/memcheck-live.txt'"
chmod 755 "$scratch/tools/valgrind" "$scratch/tools/vgdb"

case="all is well"
diagnose 0 --with memcheck
says "5.04 MiB in 325" # as those reports have it
says "4.88 KiB in 50"

case="a library without symbols"
zmq=$(ldd "$bin/peer-$row" | awk '/libzmq/ { print $3 }')
if nm "$zmq" 2>&1 | grep -q "no symbols"; then
    zmq=$(realpath "$zmq")
    echo "==1== All heap blocks were freed -- no leaks are possible" >"$scratch/report"
    vgdb "sed 's|/usr/lib/x86_64-linux-gnu/libzmq.so.5.2.4|$zmq|' '$data/tools/memcheck-live.txt'"
    diagnose 0 --with memcheck
    says "$(basename "$zmq") has no symbols, so its calls have no names: "
    cp "$data/tools/memcheck.txt" "$scratch/report"
else
    echo "left out: this libzmq has symbols"
fi

case="no such tool here"
path=$scratch/nothing
diagnose 2 --with memcheck
says "memcheck is not available: valgrind"
unset path

case="the tool may not look"
vgdb 'echo "vgdb: ptrace: Operation not permitted" >&2; exit 1'
diagnose 0 --with memcheck
says "live when quiet n/a: vgdb failed: vgdb: ptrace: Operation not permitted"
says "4.88 KiB in 50"

case="the output is cut off"
head -n 15 "$data/tools/memcheck.txt" >"$scratch/report"
vgdb "cat '$data/tools/memcheck-live.txt'"
diagnose 0 --with memcheck
says "left at exit n/a: memcheck.txt: "
kept memcheck.txt "HEAP SUMMARY"

case="nothing can be read of what the tool left"
vgdb "head -n 5 '$data/tools/memcheck-live.txt'"
diagnose 3 --with memcheck
says "nothing that it wrote could be read"
says "live when quiet n/a: memcheck-live.txt: "
says "left at exit n/a: memcheck.txt: "
kept memcheck-live.txt "8 bytes in 1 blocks"

case="the tool does not start"
cp "$data/tools/memcheck.txt" "$scratch/report"
valgrind 'echo "valgrind: failed to start tool" >&2; exit 1'
diagnose 3 --with memcheck
says "peer ended too early: exit status 1"
kept peer.log "failed to start tool"

case="the tool crashes"
# shellcheck disable=SC2016 # for the shell that runs it
valgrind 'echo "valgrind: the impossible happened" >&2; kill -ABRT $$'
diagnose 3 --with memcheck
says "peer ended too early: killed by signal 6 (Aborted)"
kept peer.log "the impossible happened"

case="the peer crashes under the tool"
valgrind :
# shellcheck disable=SC2016 # for the shell that runs it
vgdb 'kill -ABRT "${1#--pid=}"'
diagnose 3 --with memcheck
says "peer ended too early: killed by signal 6 (Aborted)"
kept maps libzmq

case="the peer is killed under the tool when all has been looked at"
cp "$data/tools/memcheck.txt" "$scratch/report"
# shellcheck disable=SC2016 # for the shell that runs it
vgdb "cat '$data/tools/memcheck-live.txt'"'; kill -KILL "${1#--pid=}"'
diagnose 3 --with memcheck
says "5.04 MiB in 325" # what it held then stands
says "left at exit n/a: the program did not come to its end"
grep -q "lost it\|Left when" "$scratch/out" && fail "what was live is called lost"
# shellcheck disable=SC2016 # for the shell that runs it
vgdb 'kill -ABRT "${1#--pid=}"'

case="one tool fails, the other does not"
diagnose 3 --with memcheck --with statistics
says "peer ended too early: killed by signal 6 (Aborted)"
[ -s "$dir/statistics/diagnosis.json" ] || fail "the tool after it was not run"

echo "$((tests - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
