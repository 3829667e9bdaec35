#!/usr/bin/env bats
# heapchurn run as a user meets it: faults of the machine and interruptions. What was measured stays
# readable, the exit status says what happened, and nothing is left running.
# shellcheck disable=SC2154 # $scratch is of helper.bash
load helper

# $SHARED/good is a run of two blocks.
setup_file() {
    share
    cd "$SHARED" || return
    workload tiny.yaml
    heapchurn 0 run -w tiny.yaml -a "$ROW" -r 2 -o good --seed 1
    tells err "[2/2] tiny $ROW block 2: valid, 6 cycles"
}

setup() {
    stand_in_scratch
    workload tiny.yaml
}

# measure STATUS ARGUMENT...
measure() {
    local wanted=$1
    shift
    heapchurn "$wanted" run -w tiny.yaml -a "$ROW" "$@"
}

@test "a stored run is reported, and no other is put over it" {
    heapchurn 0 report "$SHARED/good"
    tells out "$ROW"
    measure 2 -o "$SHARED/good"
    tells err "holds a run already"
}

# A read-only folder refuses everybody but root.
@test "a folder that cannot be made" {
    touch file
    measure 3 -o file/below
    tells err "cannot make this folder"
}

@test "a full disk" {
    status=0
    (
        ulimit -f 8
        exec "$BIN/heapchurn" run -w tiny.yaml -a "$ROW" -r 1 -o full
    ) >out 2>err </dev/null 3>&- || status=$?
    exits 3
    tells err "cannot be written"
}

@test "programs that are not there" {
    mkdir empty
    measure 3 -o missing --programs empty
    tells err "empty/peer-$ROW: no such program; run 'make' to build it"
}

@test "a proxy that dies" {
    fake_programs programs proxy:stats:exit
    measure 3 -r 1 -o dead --programs programs
    tells err proxy
    tells err failed
}

# Its parent may have told it not to hear of ends, or left it children: neither changes anything.
@test "under a parent that ignores SIGCHLD and has a child" {
    fake_programs programs peer:exit:status
    status=0
    # shellcheck disable=SC2016 # perl's
    perl -e '$SIG{CHLD} = "IGNORE"; defined(my $pid = fork) or die; $pid or exec qw(sleep 60);
             open my $out, ">", shift; print $out $pid; close $out; exec @ARGV' child \
        "$BIN/heapchurn" run -w tiny.yaml -a "$ROW" -r 1 -o status --programs programs \
        >out 2>err </dev/null 3>&- || status=$?
    exits 3
    tells err "exit status 3"
    kill "$(cat child)" # a child that is not its own was not ended
}

# interrupted SIGNAL...: in mid-round; the churner hangs, so that the moment does not matter.
interrupted() {
    local pid signal
    fake_programs programs churner:round:hang
    "$BIN/heapchurn" run -w tiny.yaml -a "$ROW" -r 1 -o stopped --programs "$scratch/programs" \
        >out 2>err </dev/null 3>&- &
    pid=$!
    helpers+=($!)
    until [ -s "stopped/trials/0001-tiny-b1-$ROW-a1/churner.log" ] ||
        pgrep -P "$pid" -f "$scratch/programs/churner" >/dev/null; do
        kill -0 "$pid"
        read -rt 0.02 <> <(:) || :
    done
    for signal; do kill -"$signal" "$pid" 2>/dev/null || :; done
    status=0
    wait "$pid" || status=$?
    exits 3
    tells err "interrupted; finish it with 'heapchurn run --resume"
    gone "$scratch/programs"
}

@test "interrupted, and resumed" {
    interrupted INT
    heapchurn 0 run --resume stopped
    tells err "[1/1] tiny $ROW block 1: valid, 6 cycles"
}

@test "interrupted twice" { interrupted INT INT; }

@test "terminated" { interrupted TERM; }

# Every trial is there, and yet the run is not done.
@test "interrupted in a pass" {
    local pid
    ! instrumented || skip "this build has no passes"
    programs hanging proxy-glibc churner libledger.so
    mkfifo hangs
    script hanging/peer-glibc \
        "[ -z \"\$HEAPCHURN_TOOL\" ] || { echo >'$scratch/hangs' && exec sleep 60; }" \
        "exec '$BIN/peer-glibc' \"\$@\""
    "$BIN/heapchurn" run -w tiny.yaml -a glibc -r 1 -o passes --programs hanging \
        >out 2>err </dev/null 3>&- &
    pid=$!
    helpers+=($!)
    read -rt 60 <>hangs
    kill -INT "$pid"
    status=0
    wait "$pid" || status=$?
    exits 3
    tells err "interrupted; finish it with 'heapchurn run --resume"
}

@test "what a stored run has decided cannot be said again" {
    local option
    for option in "-r 50" --no-aslr "--period 1s" --quick "--seed 3" "-w tiny" "-a $ROW" "-o x"; do
        # shellcheck disable=SC2086  # an option and its value
        heapchurn 2 run --resume "$SHARED/good" $option
        tells err "takes what is measured from the stored run; leave ${option%% *} out"
    done
    heapchurn 2 run --resume "$SHARED/good" -- true
    tells err "takes what is measured from the stored run; leave the program out"
}

# copy NAME: of the good run, with its first attempts alone, all of them quiet.
copy() {
    cp -r "$SHARED/good" "$1"
    rm -rf "$1"/trials/*-a[2-9] "$1/passes"
    sed -i 's/"noisy": true/"noisy": false/' "$1"/trials/*/trial.json
}

@test "a run of another machine is not gone on with" {
    copy elsewhere
    rm -r elsewhere/trials/0002-*
    sed -i 's/"kernel": "[^"]*"/"kernel": "2.4.1"/' elsewhere/run.json
    heapchurn 3 run --resume elsewhere
    tells err "cannot stand beside what was measured; kernel: 2.4.1 then, $(uname -r) now; begin a new run"
    ! compgen -G "elsewhere/trials/0002-*" || fail "it was measured"
}

@test "nor one with another version of the allocator" {
    copy older
    rm -r older/trials/0002-*
    sed -i 's/"version": "[^"]*"/"version": "0.1"/' older/trials/0001-*/trial.json
    heapchurn 3 run --resume older --no-passes
    tells err "row $ROW: its allocator is version"
    [ ! -e "older/trials/0002-tiny-b2-$ROW-a1/trial.json" ]
}

noisy() { sed -i 's/"noisy": false/"noisy": true/' noisy/trials/"$1"-*-a1/trial.json; }

@test "a noisy trial whose repeat did not come to an end is repeated, until noise has its share" {
    copy noisy
    noisy 0001
    heapchurn 0 run --resume noisy --no-passes
    tells err "[1/2] tiny $ROW block 1 again (2): valid"
    rm -rf noisy/trials/*-a3
    sed -i 's/"noisy": true/"noisy": false/' noisy/trials/*-a2/trial.json
    noisy 0002
    heapchurn 0 run --resume noisy --no-passes
    [ ! -s err ] || fail "repeated although a third of the plan was"
}

@test "two files that would be one row" {
    mkdir one two
    printf 'base: %s\nenvironment: A=1\nreason: x\n' "$ROW" | tee one/mine.yaml >two/mine.yaml
    heapchurn 2 run -w tiny.yaml -a one/mine.yaml -a two/mine.yaml -o rows
    tells err "one/mine.yaml and two/mine.yaml are both called 'mine'; rename one"
}
