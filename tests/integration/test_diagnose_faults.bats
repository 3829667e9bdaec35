#!/usr/bin/env bats
# heapchurn diagnose with a tool that is missing, crashes, may not look or leaves half a file, and
# with a peer that crashes under it: a sentence, the exit status, and what was written is kept. The
# tool is a stub that runs the peer as it is and leaves a report that valgrind once wrote.
load helper

setup() {
    stand_in_scratch
    mkdir tools
    workload tiny.yaml "rounds: 1"
    cp "$DATA/tools/memcheck.txt" report
    valgrind :
    vgdb "cat '$DATA/tools/memcheck-live.txt'"
}

# The stub: first INSTEAD of the peer, which may end it, then the report.
valgrind() {
    script tools/valgrind "$1" "while :; do case \$1 in
        --log-file=*) cp '$PWD/report' \"\${1#*=}\"; shift ;;
        --*) shift ;;
        *) exec \"\$@\" ;;
        esac; done"
}

# What is run when the peer is quiet; $1 is --pid=PEER.
vgdb() { script tools/vgdb "$1"; }

# diagnose STATUS ARGUMENT...: on both streams together.
diagnose() {
    local wanted=$1
    shift
    PATH=$PWD/tools:$PATH heapchurn "$wanted" diagnose -w tiny.yaml -a "$ROW" --rounds 1 -o run "$@"
    cat err >>out
}

# kept FILE TEXT: in the tool's folder.
kept() { tells "run/memcheck/$1" "$2"; }

@test "all is well" {
    diagnose 0 --with memcheck
    tells out "5.04 MiB in 325" # as those reports have it
    tells out "4.88 KiB in 50"
}

@test "a library without symbols" {
    zmq=$(realpath "$(ldd "$BIN/peer-$ROW" | awk '/libzmq/ { print $3 }')")
    nm "$zmq" 2>&1 | grep "no symbols" || skip "this libzmq has symbols"
    echo "==1== All heap blocks were freed -- no leaks are possible" >report
    vgdb "sed 's|/usr/lib/x86_64-linux-gnu/libzmq.so.5.2.4|$zmq|' '$DATA/tools/memcheck-live.txt'"
    diagnose 0 --with memcheck
    tells out "$(basename "$zmq") has no symbols, so its calls have no names: "
}

@test "no such tool here" {
    mkdir nothing
    PATH=$PWD/nothing heapchurn 2 diagnose -w tiny.yaml -a "$ROW" -o run --with memcheck
    tells err "memcheck is not available: valgrind"
}

@test "the tool may not look" {
    vgdb 'echo "vgdb: ptrace: Operation not permitted" >&2; exit 1'
    diagnose 0 --with memcheck
    tells out "live when quiet n/a: vgdb failed: vgdb: ptrace: Operation not permitted"
    tells out "4.88 KiB in 50"
}

@test "the output is cut off" {
    head -n 15 "$DATA/tools/memcheck.txt" >report
    diagnose 0 --with memcheck
    tells out "left at exit n/a: memcheck.txt: "
    kept memcheck.txt "HEAP SUMMARY"
}

@test "nothing can be read of what the tool left" {
    head -n 15 "$DATA/tools/memcheck.txt" >report
    vgdb "head -n 5 '$DATA/tools/memcheck-live.txt'"
    diagnose 3 --with memcheck
    tells out "nothing that it wrote could be read"
    tells out "live when quiet n/a: memcheck-live.txt: "
    tells out "left at exit n/a: memcheck.txt: "
    kept memcheck-live.txt "8 bytes in 1 blocks"
}

@test "the tool does not start" {
    valgrind 'echo "valgrind: failed to start tool" >&2; exit 1'
    diagnose 3 --with memcheck
    tells out "peer ended too early: exit status 1"
    kept peer.log "failed to start tool"
}

@test "the tool crashes" {
    # shellcheck disable=SC2016 # for the shell that runs it
    valgrind 'echo "valgrind: the impossible happened" >&2; kill -ABRT $$'
    diagnose 3 --with memcheck
    tells out "peer ended too early: killed by signal 6 (Aborted)"
    kept peer.log "the impossible happened"
}

@test "the peer crashes under the tool" {
    # shellcheck disable=SC2016 # for the shell that runs it
    vgdb 'kill -ABRT "${1#--pid=}"'
    diagnose 3 --with memcheck
    tells out "peer ended too early: killed by signal 6 (Aborted)"
    kept maps libzmq
}

@test "the peer is killed under the tool when all has been looked at" {
    # shellcheck disable=SC2016 # for the shell that runs it
    vgdb "cat '$DATA/tools/memcheck-live.txt'"'; kill -KILL "${1#--pid=}"'
    diagnose 3 --with memcheck
    tells out "5.04 MiB in 325" # what it held then stands
    tells out "left at exit n/a: the program did not come to its end"
    lacks out "lost it|Left when" # what was live is not called lost
}

@test "one tool fails, the other does not" {
    # shellcheck disable=SC2016 # for the shell that runs it
    vgdb 'kill -ABRT "${1#--pid=}"'
    diagnose 3 --with memcheck --with statistics
    tells out "peer ended too early: killed by signal 6 (Aborted)"
    [ -s run/statistics/diagnosis.json ]
}
