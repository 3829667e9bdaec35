#!/usr/bin/env bats
# A busy loop beside a real trial: it is called noise of the core it is on, and the trial is run
# again, at most twice. Whatever else the machine does only adds to it.
load helper

setup() {
    stand_in_scratch
    allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
    load=${allowed%%[-,]*}
    subjects=${allowed##*[-,]}
    [ "$load" != "$subjects" ] || skip "only one core may be used, so that nothing is pinned"
    workload tiny.yaml "peers: 4" "rounds: 10" "quiet: 10ms" "released: 10ms"
}

# beside CPU REPETITIONS: a run with a busy loop on that core.
beside() {
    taskset -c "$1" sh -c 'while :; do :; done' 3>&- &
    helpers+=($!)
    heapchurn 0 run --no-passes -w tiny.yaml -a "$ROW" -r "$2" -o run
}

# lines COUNT PATTERN: so many lines of stderr have it.
lines() {
    local found
    found=$(grep -cE -- "$2" err) || :
    [ "$found" -eq "$1" ] || fail "$found lines, not $1, have: $2"
}

@test "on the load's core: the first of seven trials is repeated twice, the second once" {
    beside "$load" 7
    lines 10 "noisy: .*others took [0-9]+ % of the load's core \(limit 20 %\)"
    for attempt in 1 2 3; do
        [ -f run/trials/0001-tiny-b1-"$ROW"-a$attempt/trial.json ]
    done
    [ ! -e run/trials/0001-tiny-b1-"$ROW"-a4 ]
}

@test "on the subjects' core" {
    beside "$subjects" 1
    lines 2 "noisy: others took [0-9]+ % of the subjects' core \(limit 20 %\)"
}
