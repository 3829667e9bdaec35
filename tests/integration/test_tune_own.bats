#!/usr/bin/env bats
# heapchurn tune under what is the user's own: a program that ends by itself, a service from a file,
# a recording. About 40 s, which is their budgets.
# shellcheck disable=SC2154 # $scratch is of helper.bash
load helper
load program

# tuned WHAT…: a glibc that is measured under it, and has a memory, a CPU time and its rungs.
tuned() {
    tune out.d 10s -a glibc -k arena_max=1 --seed 1 "$@"
    says out '^default again '
    says out '^arena_max=1 '
    jq -e '.settings[] | select(.setting == "arena_max=1") |
        .memory_bytes.median > 1e5 and .cpu_ns_per_cycle.median > 0 and .trouble == null and
        .join_p99_ns.median == null' out.d/prices.json
    heapchurn 0 report out.d/rung-1
    tells out 'glibc+arena_max=1'
}

@test "a program after --, which ends by itself" {
    tuned -- "$USER_PROGRAM" '{data}' ends
    heapchurn 0 tune --resume out.d
    tells out 'Memory: anonymous RSS at its peak.'
    jq -e '[.settings[].memory_bytes.median > 24e6] | all' out.d/prices.json
    lacks out 'join p99'
    heapchurn 2 tune --resume out.d -- "$USER_PROGRAM"
    tells err 'no program, no trace'
}

@test "a service from a file" {
    program own.yaml 'rounds: 5' 'quick_rounds: 5'
    tuned -w own.yaml
    heapchurn 0 tune --resume out.d
    tells out 'Memory: anonymous RSS, mean over load and quiet time.'
    gone "^$USER_PROGRAM $TMPDIR"
}

@test "a recording" {
    "$WRITE_TRACE" large large.trace
    heapchurn 2 tune -a glibc --trace large.trace -b 1s -o small
    says err 'large glibc block 1: valid, 200 cycles'
    tells err 'is too small (give --budget'
    cat >short.yaml <<'END'
question: What do settings buy?
load: trace
trace: large.trace
rounds: 40
quiet: 0s
released: 0s
END
    tuned -w short.yaml
    heapchurn 0 tune --resume out.d
    tells out 'Memory: anonymous RSS, mean over the slices of the trace.'
    # Nobody knows how near this replay comes, so that it is no ground for a setting.
    tells out 'No setting is recommended, and none called better or worse. How near the replay comes'
    lacks out '^(frontier|Run |Leave )'
    jq -e '.best == null and .replay.grade == "unchecked" and .deployment == null' out.d/prices.json
    heapchurn 0 report out.d/judges
    says out '^glibc '
}

@test "what does not fit together is answered before anything runs" {
    heapchurn 2 tune -a glibc -w steady -o none -- true
    tells err 'take one of them'
    heapchurn 2 tune -a glibc -w steady --trace x.trace -o none
    tells err 'take one of them'
    heapchurn 2 tune -o none -- true
    tells err 'Name a row'
    heapchurn 2 tune -a glibc -w steady -w leak -o none
    tells err '1 row and 2 workloads'
    heapchurn 2 tune -a glibc --trace nothing.trace -o none
    tells err 'nothing.trace'
    heapchurn 2 tune -a glibc --trace "$SOURCE/workloads/traces/sqlite.trace" --mode backwards -o none
    tells err 'virtual, paced or one-thread'
    [ ! -e none ] || fail "a folder was made"
}
