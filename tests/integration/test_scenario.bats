#!/usr/bin/env bats
# A scenario is one file: a heapchurn that was built with one more (tests/toy/scenario_toy.c: one
# role, a plain program) runs it, and every report of it is written.
load helper

@test "a scenario with one role runs through to all reports" {
    cp "$SOURCE/tests/toy/toy.yaml" .
    status=0
    "$TOY" run --no-passes -w toy.yaml -a "$ROW" -r 3 -o run >out 2>err </dev/null || status=$?
    exits 0 "run of the toy"
    tells out "40 naps = 40 cycles, a nap each; 3 blocks, 3 of 3 valid"
    says out "^sleeper, MiB"
    lacks out "[Pp]eer|[Pp]roxy"
    [ "$(jq -r '.roles[] | "\(.name) \(.measured)"' run/trials/*/trial.json | sort -u)" = \
        "sleeper true" ] || fail "other roles"
    [ "$(jq -r '.workloads[0].rows[0].subjects | keys[]' run/result.json)" = sleeper ] ||
        fail "other subjects"
    for file in report.html report.md curves.svg samples.csv; do
        [ -s "run/$file" ] || fail "no $file"
    done
    lacks run/report.md "[Pp]eer|[Pp]roxy"
    # What is stored needs no scenario: the plain command tells the same, in every format.
    "$TOY" report run >toy.txt 2>err
    heapchurn 0 report run
    cmp out toy.txt || fail "another report"
    for format in json markdown csv openmetrics junit bencher gha svg html; do
        heapchurn 0 report --format "$format" run
        [ -s out ] || fail "$format is empty"
    done
}

@test "a build without the scenario says so" {
    cp "$SOURCE/tests/toy/toy.yaml" .
    heapchurn 2 run -w toy.yaml -a "$ROW" -o run
    says err "toy.yaml:3:7: load: unknown load 'toy'"
    "$TOY" run --no-passes -w toy.yaml -a "$ROW" -r 1 -o run >out 2>err </dev/null
    rm -r run/trials/*
    heapchurn 3 run --resume run
    says err "workload 'toy': no scenario of this build plays its load, 'toy'"
}
