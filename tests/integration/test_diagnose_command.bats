#!/usr/bin/env bats
# heapchurn diagnose -- COMMAND: a tool that fits is chosen, what it saw is read, and "saw nothing"
# is never "lost nothing". $LOSING is a program whose loss is known to the byte.
load helper

# diagnose STATUS ARGUMENT...: the answer is on standard error.
diagnose() {
    local wanted=$1
    shift
    heapchurn "$wanted" diagnose -o run "$@"
}

need() { command -v "$1" >/dev/null || skip "$1 is not here"; }
need_heaptrack() { [ -e /usr/lib/heaptrack/libexec/heaptrack_interpret ] || skip "no heaptrack"; }

# Opens and closes the pipe, with which the daemon ends, once heapchurn waits for it.
end_daemon() {
    local left=600
    until grep -qs "waiting for the end" err || [ $((left -= 1)) -eq 0 ]; do sleep 0.05; done
    : >pipe
}

# amount MOMENT FIELD
amount() { json "$1.$2" run/diagnosis.json; }

@test "one block lost, one still pointed to" {
    need valgrind
    diagnose 0 -- "$LOSING"
    tells err "lost 1 block (40 B): nothing points there any more; 1 block (40 B) was still"
    says err "lose losing_program.c:"
    [ "$(amount lost bytes) $(amount lost blocks)" = "40 1" ]
    [ "$(amount live bytes) $(amount live blocks)" = "40 1" ]
}

@test "a tool that cannot tell lost from held says so" {
    need_heaptrack
    diagnose 0 --with heaptrack -- "$LOSING"
    tells err "had not freed 2 blocks (80 B) when it ended; heaptrack does not tell"
    [ "$(amount live bytes)" = null ]
}

# here TOOL: is it one of those that work on this machine?
here() { "$BIN/heapchurn" diagnose --list | grep -E "^$1 " | grep -qvE 'not (found|available|here)'; }

@test "after a signal, a tool that counts at the end names the one that counts then, too" {
    local tool
    for tool in heaptrack heapcheck jemalloc-prof; do
        here $tool || continue
        diagnose 3 --with $tool -- sh -c 'kill -INT $$'
        tells err "A signal ended it, and $tool counts only what is left when a program ends by itself."
        tells err "--with memcheck counts after a signal too"
        rm -rf run
    done
    need valgrind
    diagnose 0 -- sh -c 'kill -INT $$'
    ! grep "A signal ended it" err || fail "memcheck counts then, too"
}

@test "allocators' own tools and LeakSanitizer are read, with the calls" {
    local tool
    if here heapcheck; then # which may take a copy of the address that is left for a pointer
        diagnose 0 --with heapcheck -- "$LOSING"
        tells err "what is still pointed to"
        rm -rf run
    fi
    for tool in jemalloc-prof heapprofile; do
        here $tool || continue
        diagnose 0 --with $tool -- "$LOSING"
        tells err "$tool does not tell what of that is lost and what was still pointed to"
        jq -e '[.sites[] | select(.function == "lose") | .lost.blocks] == [1]' run/diagnosis.json
        rm -rf run
    done
    here lsan || return 0
    diagnose 0 --with lsan -- "$LOSING"
    tells err "lost 1 block (40 B); what is still pointed to at the end lsan does not count"
    says err "lose losing_program.c:"
    rm -rf run
    # One that leaves without its exit handlers is not clean.
    diagnose 3 --with lsan -- sh -c 'kill -KILL $$'
    tells err 'what it lost is not known'
}

@test "what a forked process lost" {
    need valgrind
    diagnose 0 -- "$LOSING" forks
    tells err "The process that was started lost 1 block (40 B)"
    tells err "It forked 1 process"
    tells err "it lost 3 blocks (2.93 KiB)"
}

@test "a daemon is followed to its end" {
    need valgrind
    mkfifo pipe
    end_daemon &
    helpers+=($!)
    diagnose 0 -- "$LOSING" leaves pipe
    tells err "left processes behind; they were seen to their end"
    tells err "it lost 1 block (40 B)"
    [ "$(amount lost bytes)" = 40 ]
}

@test "a daemon that the tool does not follow is not called clean, and lives" {
    need_heaptrack
    mkfifo pipe
    diagnose 3 --with heaptrack -- "$LOSING" leaves pipe
    tells err "which heaptrack does not follow: what was seen is of the first process only"
    pgrep -f "^$LOSING leaves pipe" >/dev/null || fail "the daemon was ended"
    [ "$(json problem run/diagnosis.json)" != null ]
    : >pipe
}

@test "a malloc inside the executable is seen by memcheck" {
    need valgrind
    diagnose 0 -- "${LOSING}_own"
    tells err "lost 1 block (40 B)"
    diagnose 3 --with heaptrack -- "${LOSING}_own"
    tells err "brings its own malloc, so that what heaptrack preloads is never called"
}

@test "nothing is seen of a static program" {
    diagnose 3 -- "${LOSING}_static"
    tells err "is static: every memory tool puts a malloc of its own"
    tells err "not the same as nothing lost"
    heapchurn 3 diagnose --with memcheck -o again -- "${LOSING}_static"
}

@test "a program that allocates nothing" {
    need valgrind
    diagnose 3 -- "$LOSING" nothing
    tells err "memcheck saw no allocation at all. That is not the same as nothing lost"
    lacks err "lost nothing"
}

@test "a script that becomes a program" {
    need valgrind
    script start "exec '$LOSING'"
    diagnose 3 -- ./start
    tells err "what it lost is not known"
    tells err "not of the programs that it starts or becomes by exec"
}

@test "one that is not there, and two tools" {
    diagnose 2 -- no-such-program
    tells err "there is no program 'no-such-program' in PATH"
    diagnose 2 --with memcheck --with massif -- "$LOSING"
    tells err "a command is run under one tool"
}
