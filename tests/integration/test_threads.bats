#!/usr/bin/env bats
# A measured peer with worker threads: exact work on every number of them, and what is said of it.
# shellcheck disable=SC2154 # $scratch is of helper.bash
load helper

# threads FILE WORKERS: a short workload.
threads() {
    cat >"$1" <<END
question: What do threads cost?
peers: 3
rounds: 3
mesh: false
drain: pollset
session_blocks: 60
session_size_max: 1 KiB
session_outlive_percent: 10
session_outlive_cycles: 4
workers: $2
worker_sessions: 2
quiet: 0s
released: 0s
END
}

@test "any number of threads does the same work, and is shown beside the others" {
    threads one.yaml 1
    threads seven.yaml 7
    heapchurn 0 run -w seven.yaml -w one.yaml -a "$ROW" -r 1 --no-passes -o run
    tells out "1 thread 7 threads"
    tells out "switches per cycle"
    says out "^ +built in p99, ms +[0-9.]+ +[0-9.]+$"
    says out "^$ROW +peak, MiB +[0-9.]+ +[0-9.]+$"
    tells out "the work is the same for any number of them"
    says out "^Peak of 7 threads against 1: $ROW [0-9]+\.[0-9] times\.$"
    grep -q "What threads cost" run/report.html || fail "the page lacks the table"
    grep -q "^| $ROW | peak, MiB |" run/report.md || fail "report.md lacks the table"
    # 9 sessions; each thread ends after two, and the second of seven is 2/7 of its time old
    grep -q '"value": 540' run/trials/*seven*/trial.json || fail "blocks built"
    grep -q '"value": 516' run/trials/*one*/trial.json || fail "blocks freed: all but 4 x 6"
}

@test "the machine is said to be shared with threads, or not" {
    heapchurn 0 doctor
    says out "processor"
    if [ "$(nproc)" -gt 1 ]; then tells out "subjects with threads"; fi
}
