#!/usr/bin/env bats
# heapchurn isolate as a user meets it: the step that grows, wrong words, and steps that fail.
load helper

# On a machine so busy that reading the statistics takes too long RSS is judged, which may be
# unclear, and then says so.
@test "the step that grows is named, and nothing is left" {
    mkdir tmp
    TMPDIR=$PWD/tmp heapchurn 0 isolate -a "$ROW"
    says out "^Undrained, connect-only grows by [0-9.]+ KiB per step(; [0-9] could not be told)?\.$"
    says out "^Drained, no step (grows|was seen to grow; [0-9] could not be told)\.$"
    if [ "$ROW" = glibc ] && ! grep -q "anonymous RSS" out; then
        awk '$1 == "connect-only" && $3 == "KiB" { right = $2 > 30 && $2 < 40 }
             END { exit !right }' out || fail "connect-only holds about 35 KiB per step"
    fi
    awk 'length > 80 { exit 1 }' out || fail "wider than 80 columns"
    empty tmp
}

@test "wrong words" {
    heapchurn 2 isolate -a nosuchrow
    says err "unknown row 'nosuchrow'"
    heapchurn 2 isolate glibc
    says err "unexpected argument 'glibc'; a row is named with -a"
    heapchurn 2 isolate --nosuchoption
}

@test "one row at a time" {
    ! instrumented || skip "an instrumented build has one row"
    heapchurn 2 isolate -a all
    says err "one row at a time"
}

@test "workloads that are missing or empty" {
    mkdir none zero
    HEAPCHURN_WORKLOAD_DIR=$PWD/none heapchurn 2 isolate -a "$ROW"
    says err "unknown workload 'connect-only'"
    for step in connect announce message monitor context; do
        printf 'question: None?\nload: %s-only\npeers: 2\nrounds: 0\n' $step >zero/$step-only.yaml
    done
    HEAPCHURN_WORKLOAD_DIR=$PWD/zero heapchurn 2 isolate -a "$ROW"
    says err "connect-only.yaml:4:9: rounds: '0' is given; expected a whole number from 1"
}

@test "no programs" {
    mkdir none tmp
    TMPDIR=$PWD/tmp heapchurn 3 isolate -a "$ROW" --programs none
    says err "none/proxy-$ROW: no such program"
    empty tmp
}

@test "every step fails: why, and the logs are kept" {
    mkdir tmp
    fake_programs programs peer:ready:exit
    TMPDIR=$PWD/tmp heapchurn 3 isolate -a "$ROW" --programs programs
    says out "^monitor-only +n/a +failed +n/a +failed"
    says out "^connect-only, undrained, failed: peer ended too early: exit status 7"
    says err "10 of 10 steps failed; their logs are in $PWD/tmp/heapchurn-isolate-"
    logs=$(sed -n 's/.*their logs are in //p' err)
    [ -e "$logs/connect-only-drained/plain/peer.log" ]
}

@test "no folder for temporary files" {
    TMPDIR=$PWD/none heapchurn 3 isolate -a "$ROW"
    says err "no folder for temporary files in $PWD/none: No such file or directory"
}
