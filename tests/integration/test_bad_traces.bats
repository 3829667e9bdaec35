#!/usr/bin/env bats
# Traces of strangers: what makes no sense, is too much or was made to be is one sentence and a
# status, in little memory. About 3 s.
load helper

setup_file() { share; }

# refused FILE TEXT: nothing of it is played.
refused() {
    heapchurn 2 replay "$1" -a "$ROW" -r 1 --no-passes -o run
    tells err "$2"
    [ "$(wc -l <err)" -eq 1 ] || fail "more than one sentence"
    [ ! -e run ] || fail "a run was begun"
}

@test "what makes no sense is told, and nothing is played" {
    "$WRITE_TRACE" bad >list
    [ "$(wc -l <list)" -ge 10 ]
    while IFS=: read -r name says; do
        "$WRITE_TRACE" "$name" "$name.trace"
        refused "$name.trace" "$says"
        # Told without being played, it may be fine; a signal it never is.
        status=0
        "$BIN/heapchurn" trace "$name.trace" >out 2>err 3>&- || status=$?
        [ $status -eq 0 ] || [ $status -eq 2 ] || fail "trace $name.trace: status $status"
    done <list
}

@test "a raw file without an event" {
    "$WRITE_TRACE" no-event-at-all none.raw
    heapchurn 3 record --recover none.raw -o none.trace
    says out 'NOT RECORDED: it allocated nothing'
    refused none.trace "has no events"
}

@test "a pipe that nobody writes to, a device, a folder: told at once" {
    mkfifo pipe
    "$WRITE_TRACE" ring good.trace
    for path in pipe /dev/zero .; do
        heapchurn 2 trace "$path"
        tells err "no file with a trace in it"
        heapchurn 2 replay "$path" -a "$ROW" -o run
        tells err "no file with a trace in it"
        heapchurn 3 record --recover "$path" -o t.trace
        tells err "no file with a trace in it"
        # Nor is it written over.
        heapchurn 2 trace good.trace --anonymise "$path"
        [ ! -f pipe ] || fail "the pipe was replaced"
    done
}

@test "two traces in one file: that something was appended is told" {
    "$WRITE_TRACE" ring good.trace
    cat good.trace good.trace >two.trace
    heapchurn 0 trace two.trace
    tells out "NOT WHOLE: it does not end where its index does: something was appended to it"
}

@test "no folder for temporary files is no misuse" {
    "$WRITE_TRACE" ring good.trace
    status=0
    TMPDIR=/nowhere "$BIN/heapchurn" replay good.trace -a "$ROW" -o run >out 2>err </dev/null 3>&- || status=$?
    exits 3 "without TMPDIR"
    tells err "no folder for temporary files in /nowhere"
}

@test "memory does not grow with the length of a trace" {
    ! instrumented || skip "sanitizers need more address space than ulimit -v gives"
    "$WRITE_TRACE" pairs:20000000 long.trace
    [ "$(stat -c %s long.trace)" -lt 200000 ] || fail "as large as $(stat -c %s long.trace)"
    # 20 million events at 16 bytes would be more than that; so would be the file, mapped as a whole.
    (ulimit -v 250000 && exec "$BIN/heapchurn" trace long.trace --json) >out 2>err 3>&- || fail "needs more memory"
    [ "$(jq '[.allocations, .peak_live_bytes] | join(" ")' out)" = '"10000000 64"' ] || fail "other counts"
}

@test "it needs more than may be had: refused before" {
    ! instrumented || skip "sanitizers need more address space than ulimit -v gives"
    "$WRITE_TRACE" every-kind some.trace # 259 MiB at its peak
    status=0
    (ulimit -v 200000 && exec "$BIN/heapchurn" replay some.trace -a "$ROW" -r 1 --slices 2 -o run) >out 2>err 3>&- || status=$?
    exits 2 "below ulimit -v"
    tells err "needs 259 MiB at its peak, and 195 MiB can be had here"
}

@test "a chain of reallocs from thread to thread is played" {
    "$WRITE_TRACE" hand-over chain.trace
    heapchurn 0 replay chain.trace -a "$ROW" -r 1 --slices 20 --no-passes -o run
    [ "$(jq -r '.outcome' run/trials/0001-*-a1/trial.json)" = valid ] || fail "no valid trial"
}
