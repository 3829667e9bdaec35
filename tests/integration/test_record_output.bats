#!/usr/bin/env bats
# heapchurn record: where a trace may be written to, what becomes of what lies there, and runs
# without the recorder that are none of the same program. About 4 s.
load helper

# records STATUS OUTPUT [OPTION...]: a program that allocates.
records() {
    local wanted=$1 output=$2
    shift 2
    heapchurn "$wanted" record --no-compare -o "$output" "$@" -- "$PROGRAM" churn
}

# refused OUTPUT TEXT: before anything is started, and it stays what it was.
refused() {
    local before
    before=$(stat -c '%F %i %s' "$1" 2>/dev/null || :)
    heapchurn 3 record --no-compare -o "$1" -- touch started
    tells err "$2"
    [ "$(wc -l <err)" -eq 1 ] || fail "more than one sentence"
    [ ! -e started ] || fail "the command was started"
    [ "$(stat -c '%F %i %s' "$1" 2>/dev/null || :)" = "$before" ] || fail "$1 was replaced"
    [ -z "$(find . -name '*.raw')" ] || fail "left: $(find . -name '*.raw')"
}

@test "a pipe, a device, a folder or nothing is no place for a trace" {
    mkfifo pipe
    mkdir folder
    ln -s /nowhere/t.trace dangling
    refused pipe "pipe is a pipe or a device"
    refused folder "folder is a folder"
    refused '' "its name is empty"
    refused dangling "dangling is a link to what is not there"
    ln -s /dev/null device
    refused device "device is a pipe or a device"
}

@test "what is write-protected is not replaced" {
    echo precious >t.trace
    chmod 444 t.trace
    [ ! -w t.trace ] || skip "root may write everything"
    refused t.trace "t.trace is write-protected"
}

@test "a link is followed, and stays one" {
    mkdir disk
    : >disk/t.trace
    ln -s disk/t.trace t.trace
    records 0 t.trace
    [ -L t.trace ]
    heapchurn 0 trace disk/t.trace
}

@test "what a recording that was killed left behind is not written over" {
    records 0 good.trace
    echo left >t.trace.raw
    heapchurn 3 record --no-compare -o t.trace -- touch started
    tells err "t.trace.raw is there: of a recording that goes on, or was killed"
    tells err "--recover"
    [ ! -e started ] && [ "$(cat t.trace.raw)" = left ]
    # A file that cannot hold a recording leaves nothing.
    heapchurn 3 record --no-compare --limit 64KiB -o u.trace -- touch started
    tells err "events need a file of 128 KiB or more, and may have one of 64 KiB"
    [ ! -e u.trace.raw ]
}

@test "a recording goes on there: the second is refused, the first is whole" {
    mkfifo says go
    "$BIN/heapchurn" record --no-compare -o t.trace -- \
        sh -c 'echo up >says; read -r line <go' >first 2>&1 </dev/null 3>&- &
    recorder=$!
    read -r line <says
    [ "$line" = up ]
    heapchurn 3 record --no-compare -o t.trace -- true
    tells err "t.trace.raw is there"
    echo on >go
    wait "$recorder"
    heapchurn 0 trace t.trace
    lacks out 'NOT WHOLE'
}

@test "the address space is too short for the whole file: a smaller one is recorded and packed" {
    ! instrumented || skip "sanitizers need more address space than ulimit -v gives"
    status=0
    (ulimit -v 400000 && exec "$BIN/heapchurn" record --no-compare -o t.trace -- "$PROGRAM" churn) \
        >out 2>err </dev/null 3>&- || status=$?
    exits 0 "below ulimit -v"
    [ ! -e t.trace.raw ]
}

@test "a run that ends otherwise than the recorded one is no original of it" {
    script once "mkdir done || exit 7"
    heapchurn 3 record --originals 2 -o t.trace -- ./once
    says out '^NO ORIGINAL on glibc: exit status 7, but when it was recorded exit status 0: '
    lacks out '^original on'
    says out '^cost: n/a'
    heapchurn 0 trace t.trace
    [ ! -e t.trace.raw ]
}

@test "an interrupted run without the recorder is no original" {
    script server "if mkdir first; then exit 0; fi" "echo again >says" "exec env --default-signal=INT sleep 600"
    mkfifo says
    "$BIN/heapchurn" record -o t.trace -- ./server >out 2>err </dev/null 3>&- &
    recorder=$!
    helpers+=("$recorder")
    read -r line <says
    [ "$line" = again ]
    says err 'Ctrl-C leaves out what remains'
    kill -INT "$recorder"
    status=0
    wait "$recorder" || status=$?
    exits 0 "interrupted when it was run again"
    lacks out '^original on'
    lacks out '^NO ORIGINAL'
    says out '^cost: n/a'
}

@test "a recording inside a recording" {
    status=0
    "$BIN/heapchurn" record --no-compare -o t.trace -- "$BIN/heapchurn" record --no-compare -o u.trace \
        -- "$PROGRAM" churn >out 2>err </dev/null 3>&- || status=$?
    exits 0 "the outer one"
    tells err "a recording is going on around this one"
    [ ! -e u.trace ]
}

@test "no program of that name" {
    for name in '' . nosuch; do
        heapchurn 3 record -o t.trace -- "$name"
        tells err "there is no program '$name' in PATH"
    done
}
