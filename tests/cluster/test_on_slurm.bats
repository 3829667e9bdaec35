#!/usr/bin/env bats
# `heapchurn run --on slurm` on a real Slurm of three nodes, all on this machine (private-slurm):
# what it measures is what a run here measures, whatever is killed, drained, filled up or removed
# meanwhile. The nodes share the cores of this machine, so cells take turns: no two run at once.
# shellcheck disable=SC2016,SC2030,SC2031 # for shells of nodes; a test is a subshell
load ../integration/helper

setup_file() {
    share
    command -v slurmctld >/dev/null || PATH=$PATH:/usr/sbin
    chmod 711 "$SHARED" # munged wants its socket where others might come
    "$SOURCE/tests/cluster/private-slurm" "$SHARED/slurm" start 3
}
teardown_file() {
    "$SOURCE/tests/cluster/private-slurm" "$SHARED/slurm" stop
    ! pgrep -f "$SHARED/slurm" || return 1
    unshare_all
}
setup() {
    command -v slurmctld >/dev/null || PATH=$PATH:/usr/sbin
    # shellcheck source=/dev/null
    . "$SHARED/slurm/environment"
    stand_in_scratch
    chmod 755 .
    workload churn.yaml
    what=(-w churn.yaml -a "$ROW" --seed 7 --no-passes)
    turns=--sbatch=--licenses=machine
}

# What came of a run, whatever it took: its trials, their outcome, and the work each has done. (Of
# what is lost the allocator rounds the bytes; CPU and pages are no work.)
work_of() {
    jq -r '[.id, .workload, .row, .block, .outcome, .cycles_done,
        (.roles[] | [.name, (.counters[] | select(.name | IN("lost_bytes", "load_cpu_ns", "load_wall_ns", "outside_heap_bytes") | not) | "\(.name)=\(.value)")] | join(" "))] | join(" ")' \
        "$1"/trials/*/trial.json | sort -nu
}
verdicts_of() {
    jq -r '.workloads[] | .name as $w | .rows[] | "\($w) \(.name) \(.subjects.peer.verdict.verdict)"' \
        "$1/result.json"
}

# when FILE: it is there, or ten seconds are over.
when() {
    local i
    for ((i = 0; i < 1000; i++)); do
        compgen -G "$1" >/dev/null && return
        sleep 0.01
    done
    fail "$1 did not come"
}

# begin ARGUMENT...: heapchurn beside us; its process is $victim.
begin() {
    "$BIN/heapchurn" "$@" >out 2>err </dev/null 3>&- &
    victim=$!
    helpers+=("$victim")
}
ends() {
    status=0
    wait "$victim" || status=$?
    exits "$1" 'the run'
}

# Nothing in the queue, nothing that runs.
nothing_left() {
    [ -z "$(squeue -h -t PENDING,RUNNING)" ] || fail "left in the queue: $(squeue -h)"
    gone "$PWD"
}

@test "a trace is played by the nodes, as here" {
    heapchurn 0 replay "$SOURCE/workloads/traces/discovery.trace" -a "$ROW" -r 3 --slices 20 --seed 7 --no-passes -o here
    heapchurn 0 replay "$SOURCE/workloads/traces/discovery.trace" -a "$ROW" -r 3 --slices 20 --seed 7 --no-passes -o there \
        --on slurm:bench --hosts 3 "$turns"
    diff <(work_of here) <(work_of there)
    [ "$(jq -r .host there/trials/*/trial.json | sort -u | paste -sd' ')" = 'n1 n2 n3' ]
    [ "$(jq -r '.workloads[0].replay.rows | length' here/result.json)" = \
        "$(jq -r '.workloads[0].replay.rows | length' there/result.json)" ]
}

@test "the same verdicts and the same work as here, from three hosts" {
    workload leaking.yaml 'leak_bytes: 4 KiB' 'rounds: 40'
    heapchurn 0 run -w leaking.yaml -w churn.yaml -a "$ROW" -r 3 --seed 7 --no-passes -o here
    heapchurn 0 run -w leaking.yaml -w churn.yaml -a "$ROW" -r 3 --seed 7 --no-passes -o there \
        --on slurm:bench --hosts 3 "$turns"
    diff <(work_of here) <(work_of there)
    diff <(verdicts_of here) <(verdicts_of there)
    verdicts_of there | grep -qx "leaking $ROW leak"
    [ "$(jq -r .host there/trials/*/trial.json | sort -u | paste -sd' ')" = 'n1 n2 n3' ]
    for block in 1 2 3; do # all of a block on one host
        [ "$(jq -r "select(.block == $block) | .host" there/trials/*/trial.json | sort -u | wc -l)" = 1 ]
    done
    [ "$(jq '.more_hosts | length' there/run.json)" = 2 ]
    says err 'cells: 6 of 6 done'
    empty there/cells
    heapchurn 0 report there
    nothing_left
}

@test "a cell is killed: it is submitted again" {
    begin run "${what[@]}" -r 2 --on slurm "$turns" -o run
    when 'run/cells/.0001-*/run.json'
    pkill -9 -f "heapchurn cell $PWD/run 1\$"
    ends 0
    says err 'submitted 1 cell to partition bench again'
    [ "$(find run/trials -mindepth 1 -maxdepth 1 | wc -l)" -ge 2 ]
    nothing_left
}

@test "the daemon of a node is killed and comes again: nothing is lost" {
    begin run "${what[@]}" -r 2 --on slurm --hosts 1 "$turns" -o run
    when 'run/cells/.0001-*/run.json'
    node=$(squeue -h -t RUNNING -o %N)
    kill -9 "$(<"$SHARED/slurm/run/slurmd-$node.pid")"
    "$SOURCE/tests/cluster/private-slurm" "$SHARED/slurm" node "$node" 3>&- 4>&-
    ends 0
    says out 'Stored in run'
    nothing_left
}

@test "a node drains: its blocks go to others" {
    scontrol update nodename=n3 state=drain reason=test
    heapchurn 2 run "${what[@]}" -r 3 --on slurm --hosts 3 "$turns" -o early
    says err 'partition bench has 2 that are up; n3 is drain'
    scontrol update nodename=n3 state=resume
    begin run "${what[@]}" -r 4 --on slurm --hosts 2 "$turns" -o run
    when 'run/cells/.0001-n1/run.json'
    scontrol update nodename=n2 state=drain reason=test
    ends 0
    scontrol update nodename=n2 state=resume
    says err 'node n2 is drain: its cells go to others'
    heapchurn 0 report run
    nothing_left
}

@test "Ctrl-C cancels the jobs, and what was measured is kept" {
    begin run "${what[@]}" -r 4 --on slurm "$turns" -o run
    when 'run/trials/*-b1-*'
    kill -INT "$victim"
    ends 3
    says err "interrupted; finish it with 'heapchurn run --resume run --on slurm'"
    nothing_left
    heapchurn 0 run --resume run --on slurm "$turns"
    [ "$(jq -r .block run/trials/*/trial.json | sort -u | wc -l)" -eq 4 ]
}

@test "detached it goes on; a cell whose folder is removed is missing, and comes again" {
    heapchurn 0 run "${what[@]}" -r 3 --on slurm --detach "$turns" -o run
    says out 'when it has ended: heapchurn collect run'
    heapchurn 3 run --resume run --on slurm "$turns"
    says err 'tasks of this run are still in the queue'
    when 'run/cells/0003'
    rm -r run/cells/0002
    heapchurn 3 collect run
    says out '2 of 3 cells are there'
    says err 'cell 2 of 3 is missing'
    says err 'heapchurn cell run 2$'
    for ((i = 0; i < 100; i++)); do [ -z "$(squeue -h)" ] && break || sleep 0.1; done
    heapchurn 0 run --resume run --on slurm "$turns"
    heapchurn 0 collect run
    says out 'complete'
    nothing_left
}

@test "no shared folder: cells are copied back" {
    script copy 'cp -r "$CELLS"/. "$RUN/cells"'
    mkdir node
    export TMPDIR=$PWD/node # where nodes have their folders
    heapchurn 0 run "${what[@]}" -r 2 --on slurm "$turns" --copy-back "$PWD/copy" -o run
    heapchurn 0 report run
    empty node
    nothing_left
}

@test "the disk of a node is full: its cells go to others" {
    local own=()
    [ "$(id -u)" = 0 ] || own=(--user --map-current-user --keep-caps)
    unshare "${own[@]}" --mount mount -t tmpfs none /mnt || skip 'no file system may be mounted here'
    mkdir -p "$SHARED/disk"
    "$SOURCE/tests/cluster/private-slurm" "$SHARED/slurm" node n3 unshare "${own[@]}" --mount \
        sh -c 'mount -t tmpfs -o size=32k none "$0" && exec "$@"' "$SHARED/disk" 3>&- 4>&-
    script copy 'cp -r "$CELLS"/. "$RUN/cells"; df --output=fstype "$CELLS" >>"$RUN/disks"'
    export TMPDIR=$SHARED/disk
    heapchurn 0 run "${what[@]}" -r 3 --on slurm --hosts 3 "$turns" --copy-back "$PWD/copy" -o run
    says err 'submitted 1 cell to partition bench again'
    grep -qx tmpfs run/disks
    "$SOURCE/tests/cluster/private-slurm" "$SHARED/slurm" node n3 3>&- 4>&-
    nothing_left
}

@test "what Slurm does not have is one sentence, and no folder is made" {
    heapchurn 2 run "${what[@]}" --on slurm:nowhere -o run
    says err "no partition 'nowhere' with nodes; there are: bench"
    PATH=/nowhere heapchurn 3 run "${what[@]}" --on slurm -o run
    says err 'sinfo is not in PATH: there is no Slurm here'
    heapchurn 2 run "${what[@]}" --on cloud -o run
    says err 'local or slurm'
    heapchurn 2 run "${what[@]}" --hosts 2 -o run
    says err '--hosts is for --on slurm'
    [ ! -e run ]
    heapchurn 2 run "${what[@]}" -r 1 --on slurm --hosts 2 -o run
    says err 'the run has 1; -r 2 or more'
    heapchurn 3 run "${what[@]}" --on slurm --sbatch=--qos=nobody --sbatch=--mem=900G -o other
    says err 'sbatch'
}
