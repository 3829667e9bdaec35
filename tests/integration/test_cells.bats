#!/usr/bin/env bats
# `heapchurn plan`, `cell` and `collect`: a run in pieces, and what is odd about one of them.
load helper

# plan FOLDER [OPTION]...: six trials of one row.
plan() {
    local dir=$1
    shift
    workload churn.yaml
    heapchurn 0 plan -w churn.yaml -a "$ROW" -r 3 --seed 7 --no-passes "$@" -o "$dir"
}

# planned FOLDER: its trials, without how often noise made them be tried.
planned() { find "$1/trials" -mindepth 1 -maxdepth 1 -printf '%f\n' | sed 's/-a[0-9]*$//' | sort -u; }

@test "cells carried out in any order become the run" {
    plan run
    says out '3 cells, 3 blocks of 1 workload, 1 row in each'
    heapchurn 0 collect run --missing
    [ "$(paste -sd' ' out)" = '1 2 3' ]
    heapchurn 0 cell run 3 --node n2
    heapchurn 3 collect run
    says out '1 of 3 cells are there, 1 of them brought now'
    says err 'cells 1 to 2 of 3 are missing'
    says err 'heapchurn cell run 1 2$'
    heapchurn 0 report run
    heapchurn 0 cell run 1 2 --node n1
    heapchurn 0 collect run
    says out 'complete'
    [ "$(json host.name run/run.json)" = n2 ]
    [ "$(json more_hosts.0.name run/run.json)" = n1 ]
    empty run/cells
    # The same work, in the same order, as where all is done here.
    heapchurn 0 run -w churn.yaml -a "$ROW" -r 3 --seed 7 --no-passes -o here
    diff <(planned run) <(planned here)
    heapchurn 0 report run
}

@test "passes come with the first block" {
    instrumented && skip 'no tool runs under sanitizers'
    workload churn.yaml
    heapchurn 0 plan -w churn.yaml -a "$ROW" -r 2 -o run
    heapchurn 0 cell run 2 1
    heapchurn 0 collect run
    [ -e "run/passes/churn~$ROW~ledger/pass.json" ]
}

@test "a cell is carried out once" {
    plan run
    heapchurn 0 cell run 2
    heapchurn 2 cell run 2
    says err 'cell 2 is there already'
    heapchurn 3 collect run
    heapchurn 2 cell run 2
    says err 'was collected already; nothing was measured'
    heapchurn 2 cell run 4
    says err 'has cells 1 to 3'
    heapchurn 2 cell run two
    says err "'two' is no number of a cell"
    heapchurn 2 cell nowhere 1
    heapchurn 2 cell run
    says err 'which cell'
}

@test "killed in the middle, a cell goes on on its host and begins anew on another" {
    plan run
    "$BIN/heapchurn" cell run 1 --node n1 2>err &
    victim=$!
    until [ -e run/cells/.0001-n1/run.json ]; do kill -0 $victim; done
    kill -9 $victim
    wait $victim || :
    [ ! -e run/cells/0001 ]
    heapchurn 0 cell run 1 --node n2
    heapchurn 0 cell run 2 3
    heapchurn 0 collect run
    heapchurn 0 report run
    gone "$PWD/run"
}

@test "interrupted, it says so and goes on" {
    plan run
    "$BIN/heapchurn" cell run 1 --node n1 2>err &
    victim=$!
    until [ -e run/cells/.0001-n1/trials ]; do kill -0 $victim; done
    kill -TERM $victim
    status=0
    wait $victim || status=$?
    [ "$status" -eq 3 ] || [ -e run/cells/0001 ]
    [ -e run/cells/0001 ] || says run/cells/0001.failed '^n1: interrupted'
    [ -e run/cells/0001 ] || heapchurn 0 cell run 1 --node n1
    [ ! -e run/cells/0001.failed ]
}

@test "another build is refused before anything is measured" {
    instrumented && skip 'the programs there are one'
    plan run
    mkdir programs
    cp "$BIN"/* programs 2>/dev/null || :
    printf x >>programs/churner
    heapchurn 3 cell run 1 --programs programs
    says err 'other builds than the run was planned with: churner: build [0-9a-f]{12}'
    says run/cells/0001.failed 'other builds'
    heapchurn 3 collect run
    tells err 'this host has other builds'
    [ ! -e run/cells/0001 ]
}

@test "a cell of another plan is refused, and what was measured is kept" {
    plan run
    plan other
    heapchurn 0 cell other 2
    heapchurn 0 cell run 1
    cp -r other/cells/0002 run/cells
    heapchurn 3 collect run
    says out 'refused: run/cells/0002: it is of another plan'
    says err 'cell 3 of 3 is missing'
    [ -e run/cells/0002/run.json ]
}

@test "two at once: one of them is told" {
    plan run
    exec 4<run
    flock -n 4
    heapchurn 3 collect run
    exec 4<&-
    says err 'is being written by'
}

@test "a host whose clock is wrong measures nothing" {
    plan run
    sed -i 's/"started_utc": "20/"started_utc": "21/' run/run.json
    heapchurn 3 cell run 1
    tells err 's behind that of the host where it was planned'
    [ ! -e run/cells/0001 ]
}

# fake_ssh LINE...: what an ssh does with the command of $host.
# shellcheck disable=SC2016 # it is the script that expands them
fake_ssh() {
    script ssh 'host=$1' 'shift' '[ "$1" != -- ] || shift' "$@"
}

@test "over ssh, with a shared folder and without" {
    command -v parallel || skip 'GNU parallel is not installed'
    plan run
    fake_ssh 'exec sh -c "$*"'
    export SSH=$PWD/ssh HEAPCHURN=$BIN/heapchurn
    "$SOURCE/examples/cluster/over-ssh" run n1 n2 >out 2>err
    says out 'complete'
    [ "$(jq -r .host run/trials/*/trial.json | sort -u | paste -sd' ')" = 'n1 n2' ]

    plan far
    rmdir far/cells
    # parallel's wrapper carries the command in hexadecimal, where names are not changed: link it
    fake_ssh "case \$* in" \
        "*GNU_Parallel*) exec unshare -rm sh -c 'mount --bind $PWD/far.\$0 $PWD/far && exec sh -c \"\$1\"' \$host \"\$*\" ;;" \
        "*) exec sh -c \"\$(echo \"\$*\" | sed \"s|$PWD/far|&.\$host|g\")\" ;;" 'esac'
    unshare -rm mount --bind . . || skip 'nothing may be mounted here'
    "$SOURCE/examples/cluster/over-ssh" -c far n1 n2 >out 2>err || fail 'over-ssh -c'
    says out 'complete'
    [ -d far.n1/cells ] && [ -d far.n2/cells ]
    [ "$("$SOURCE/examples/cluster/over-ssh" nowhere n1 2>&1)" = \
        "over-ssh: $PWD/nowhere: no run is planned there" ]
}
