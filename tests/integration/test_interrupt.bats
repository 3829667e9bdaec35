#!/usr/bin/env bats
# shellcheck disable=SC2154 # scratch is of helper.bash
# heapchurn diagnose, isolate and calibrate, interrupted: what was measured is printed, what the
# tools wrote is kept, the exit status is that of `heapchurn run`, and nothing is left behind: no
# process, no temporary file.
# shellcheck disable=SC2154 # $scratch is of helper.bash
load helper

setup() {
    stand_in_scratch
    programs programs "proxy-$ROW" churner
    mkdir tools tmp
    mkfifo event
    exec 7<>event
    workload tiny.yaml
    # A tool's programs, for machines that have none: it runs the peer as it is.
    # shellcheck disable=SC2016 # for the shell that runs it
    script tools/valgrind 'while :; do case $1 in --*) shift ;; *) exec "$@" ;; esac; done'
    hanging tools/vgdb
}

# hanging PATH [LINE]...: a program in which `hangs` tells its process, and that of a child of it,
# and hangs; without lines it does nothing else.
hanging() {
    local path=$1
    shift
    script "$path" "hangs() { sleep 600 & echo \"\$\$ \$!\" >'$scratch/event'; exec sleep 600; }" \
        "${@:-hangs}"
}

# hangs_at NUMBER PROGRAM: the program as it is, but the one that is started as that (0: none)
# hangs.
hangs_at() {
    echo 0 >starts
    hanging "programs/$2" "n=\$((\$(cat '$scratch/starts') + 1))" "echo \$n >'$scratch/starts'" \
        "[ \$n -ne $1 ] || hangs" "exec '$BIN/$2' \"\$@\""
}

# interrupted SIGNALS COMMAND ARGUMENT...: signalled when something hangs.
interrupted() {
    local signals=$1 signal command pid pids=()
    shift
    PATH=$scratch/tools:$PATH TMPDIR=$scratch/tmp "$BIN/heapchurn" "$@" -a "$ROW" \
        --programs "$scratch/programs" >out 2>err </dev/null 3>&- 7>&- &
    command=$!
    helpers+=($!)
    read -t 100 -ra pids <&7 || fail "nothing hangs"
    for signal in $signals; do kill -"$signal" "$command" 2>/dev/null || :; done
    status=0
    wait "$command" || status=$?
    exits 3 "$*, $signals"
    for pid in "${pids[@]}"; do
        [ ! -d "/proc/$pid" ] ||
            fail "process $pid is left: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
    done
    gone "$scratch/programs"
    empty tmp
}

diagnose() {
    local signals=$1 folder=$2
    shift 2
    interrupted "$signals" diagnose -w tiny.yaml --rounds 3 -o "$folder" "$@"
}

@test "diagnose, before anything was measured" {
    hangs_at 1 "peer-$ROW"
    diagnose INT plain
    says err "interrupted before anything was measured; the logs are in .*plain/plain"
    [ -e plain/plain/proxy.log ]
    [ ! -s out ]
}

@test "diagnose, while a tool starts" {
    hangs_at 2 "peer-$ROW"
    diagnose TERM starting --with memcheck
    says err "interrupted under memcheck; what it wrote until then is in .*starting/memcheck"
    says out "^tiny on $ROW, 6 cycles without a tool: "
}

@test "diagnose, twice, while a tool looks" {
    hangs_at 0 "peer-$ROW"
    diagnose "INT INT" quiet --with memcheck
    says err "interrupted under memcheck; "
    says out "^tiny on $ROW, 6 cycles without a tool: "
    [ -s quiet/memcheck/maps ]
}

@test "one tool has come to its end, the next one's view hangs: the first one's answer is printed" {
    hangs_at 0 "peer-$ROW"
    script tools/vgdb "exit 1"
    hanging tools/ms_print
    diagnose HUP view --with memcheck --with massif
    says err "interrupted under massif; "
    says out "^memcheck +n/a"
    [ -s view/memcheck/diagnosis.json ]
    [ ! -e view/massif/diagnosis.json ]
}

@test "the real valgrind: the pipes that it makes in TMPDIR go too" {
    ! instrumented || skip "valgrind cannot run this build"
    rm tools/valgrind
    command -v valgrind || skip "valgrind is not installed"
    programs programs "peer-$ROW"
    hanging tools/vgdb "ls -A \"\$TMPDIR\" >'$scratch/pipes'; hangs"
    diagnose INT real --with memcheck
    says pipes vgdb-pipe
    [ -s real/memcheck/memcheck.txt ]
}

@test "isolate, in the fifth of ten steps" {
    hangs_at 5 "peer-$ROW"
    interrupted INT isolate
    says err "interrupted; 4 of 10 steps were measured"
    says out "^connect-only .* (leak|retention|plateau|inconclusive) .* (leak|retention|plateau|incon)"
    says out "^announce-only .* (leak|retention|plateau|inconclusive) .* (leak|retention|plateau|incon)"
    says out "^message-only +n/a +not run +n/a +not run"
    says out "^Drained, no step was seen to grow; .*3 not measured\.$"
}

@test "isolate, in the first step" {
    hangs_at 1 "peer-$ROW"
    interrupted TERM isolate
    says err "interrupted; 0 of 10 steps were measured"
    [ ! -s out ]
}

@test "calibrate, after the first instrument" {
    ! instrumented || skip "this build has no other allocator"
    hangs_at 10 "calibrate-$ROW"
    interrupted INT calibrate
    says err "interrupted; 1 instrument was read"
    says out "^$ROW [0-9]"
    says out "^mtrace .* right$"
}
