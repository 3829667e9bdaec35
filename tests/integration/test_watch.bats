#!/usr/bin/env bats
# heapchurn watch as a user meets it: what it prints, and how it ends.
# shellcheck disable=SC2154,SC2317 # actions are called by name
load helper
load watch # which sets $watcher

setup() {
    stand_in_scratch
    start_sleep
    sleeper=$started
}

# helps PID: it goes with the test.
helps() { helpers+=("$1"); }

# start_sleep: a process to look at, in $started.
start_sleep() {
    sleep 60 3>&- &
    started=$!
    helps "$started"
    disown # its end is no news
}

# watch STATUS PATTERN ARGUMENT...: exit status, and a part of what it says on either stream.
watch() {
    local wanted=$1 pattern=$2
    shift 2
    status=0
    "$BIN/heapchurn" watch "$@" >out 2>&1 </dev/null 3>&- || status=$?
    exits "$wanted" "watch $*"
    says out "$pattern"
}

# watch_with ACTION STATUS PATTERN COMMAND...: after each look ACTION is called with its number.
watch_with() {
    local action=$1 wanted=$2 pattern=$3
    shift 3
    at_looks "$action" "$@"
    exits "$wanted" "$*"
    says out "$pattern"
}

kill_it() { kill -KILL "$ender" 2>/dev/null || :; }
interrupt() { kill -INT "$watcher"; }
terminate() { kill -TERM "$watcher"; }
hang_up() {
    case $1 in
    1) kill -HUP "$watcher" ;;
    3) kill_it ;;
    esac
}

# The number of looks depends on how busy the machine is, but it is told.
@test "for a time, with a CSV that judge can read" {
    local looks
    watch 0 "^the time given is over; [1-4] looks? in " "$sleeper" --every 20ms --for 70ms -o w.csv
    looks=$(sed -nE 's/^the time given is over; ([0-9]+) look.*/\1/p' out)
    [ "$(wc -l <w.csv)" -eq $((looks + 1)) ]
    head -n 1 w.csv >first
    says first '^cycle,elapsed_s,rss_bytes,'
    "$BIN/heapchurn" judge w.csv >out 2>&1
    watch 0 "resident: heap" "$sleeper" --smaps --every 20ms --for 30ms
    watch 0 "^the time given is over; 1 look in " "$sleeper" --every 1h --for 1ms
}

@test "itself" {
    # shellcheck disable=SC2016 # the shell that becomes the watcher knows its number
    watch_with : 0 "^process [0-9]+ \(heapchurn\)" \
        sh -c 'exec "$0" watch $$ --every 10ms --for 30ms --smaps' "$BIN/heapchurn"
}

@test "it ends with the process" {
    ender=$sleeper
    watch_with kill_it 0 "has ended|is ending" "$BIN/heapchurn" watch "$ender" --every 20ms
    watch 3 "there is no process $ender" "$ender"
}

@test "it ends by a signal" {
    watch_with interrupt 0 "^stopped; 1 look in .*, RSS 0 B" \
        "$BIN/heapchurn" watch "$sleeper" --every 1h --smaps
    watch_with terminate 0 "^stopped; 1 look in " "$BIN/heapchurn" watch "$sleeper" --every 1h
}

@test "it does not end by the hang-up that nohup shields from" {
    ender=$sleeper
    watch_with hang_up 0 "has ended|is ending" nohup "$BIN/heapchurn" watch "$ender" --every 10ms
}

stop_for_a_while() {
    case $1 in
    1)
        local until=$((${EPOCHREALTIME/[.,]/} + 500000))
        kill -STOP "$watcher"
        while [ "${EPOCHREALTIME/[.,]/}" -lt "$until" ]; do :; done
        kill -CONT "$watcher"
        ;;
    4) interrupt ;;
    esac
}

@test "stopped for 50 looks, it does not make up for them" {
    watch_with stop_for_a_while 0 "^stopped; " \
        "$BIN/heapchurn" watch "$sleeper" --every 10ms -o w.csv
    awk -F, 'NR > 1 { looks++; last = $2 } END { exit !(looks <= last / 0.010 + 1 - 45) }' w.csv
}

# Groups come before memory in /proc/PID/status.
@test "a name may be anything" {
    local named
    mkfifo pipe
    # shellcheck disable=SC2016 # perl's
    perl -e '$|=1; $) = join " ", 0, 0, 1_000_000_000 .. 1_000_001_200; $0 = "a\n\e[31mX";
             print "$$\n"; sleep 60' >pipe 2>/dev/null 3>&- &
    helps $!
    read -r named <pipe
    watch 0 "^process $named \(a\?\?\[31mX\) of " "$named" --every 10ms --for 10ms
}

go() { [ "$1" -ne 1 ] || echo >&8; }

# Its child is another one.
@test "what descends from it and is not looked at is told, at the beginning and when there is more" {
    mkfifo go
    sh -c 'sleep 60 & read -r _; sleep 61 & read -r _' <go 3>&- &
    local parent=$! began
    helpers+=("$parent")
    exec 7>go
    until pgrep -P "$parent" -x sleep >/dev/null; do sleep 0.02; done # it is no shell any more
    fork() { # at the second look there is a second one
        [ "$1" = 2 ] || return 0
        echo >&7
        began=$((SECONDS + 30))
        until [ "$(pgrep -P "$parent" -c)" = 2 ] || [ $SECONDS -gt "$began" ]; do sleep 0.05; done
        kill -INT "$watcher"
    }
    at_looks fork "$BIN/heapchurn" watch "$parent" --every 100ms
    tells out "1 process descends from it ($(pgrep -P "$parent" -o) sleep) and is not looked at: --tree takes them in."
    tells out "2 processes descend from it"
    heapchurn 0 watch "$parent" --tree --every 100ms --for 100ms
    lacks out "not looked at"
    pkill -P "$parent" || :
    exec 7>&-
    kill "$parent" 2>/dev/null || :
}

@test "a process that forks and dies" {
    local child
    mkfifo forked go
    # shellcheck disable=SC2016 # perl's
    perl -e '$|=1; fork or do { close STDOUT; sleep 60; exit }; print "$$\n"; <STDIN>' \
        <go >forked 3>&- &
    helps $!
    exec 8>go
    read -r ender <forked
    child=$(pgrep -P "$ender")
    helps "$child"
    watch_with go 0 "has ended|is ending" "$BIN/heapchurn" watch "$ender" --every 10ms
    kill -0 "$child"
}

# Its parent does not collect it, and says when it is one.
@test "a zombie" {
    local zombie parent
    mkfifo pipe
    # shellcheck disable=SC2016 # perl's
    perl -e '$|=1; my $pid = fork; exit 0 if !$pid; 1 while `cat /proc/$pid/stat` !~ /\) Z/;
             print "$pid\n"; sleep 60' >pipe 3>&- &
    parent=$!
    helps "$parent"
    read -r zombie <pipe
    watch 3 "^heapchurn: process $zombie \(perl\) has ended; it is a zombie until its parent $parent" \
        "$zombie"
}

@test "what is no process, or no number" {
    watch 2 "'abc' is not the number of a process" abc
    watch 2 "'12x' is not the number of a process" 12x
    watch 2 "'' is not the number of a process" ""
    watch 2 "'0' is not the number of a process" 0
    watch 2 "'-5' is not the number of a process" -- -5
    watch 2 "'2147483648' is not the number of a process" 2147483648
    watch 2 "'99999999999999999999' is not the number of a process" 99999999999999999999
    watch 3 "there is no process 2147483647" 2147483647
    watch 2 "one process at a time" 1 2
    watch 2 "which process" --every 1s
    watch 2 "too short" "$sleeper" --every 1us
    watch 2 "too long" "$sleeper" --every 2500000h
    watch 2 "is not a duration" "$sleeper" --for -1s
}

@test "a thread of the kernel" {
    [ -e /proc/2 ] && [ -z "$(tr -d '\0' </proc/2/cmdline)" ] || skip "none is visible here"
    watch 3 "is a thread of the kernel" 2
}

# It ends at once; nobody else ends it here.
@test "what cannot be written" {
    watch 3 "^heapchurn: /no/such/folder/w.csv: No such file" "$sleeper" -o /no/such/folder/w.csv
    watch 3 "^heapchurn: /dev/full: No space left on device" "$sleeper" --every 10ms -o /dev/full
    status=0
    "$BIN/heapchurn" watch "$sleeper" --every 10ms >/dev/full 2>out </dev/null 3>&- || status=$?
    exits 3 "a full disk"
    says out "the result could not be written: No space left on device"
}

watch_on() {
    status=0
    "$BIN/heapchurn" watch "$sleeper" --every 10ms 2>out </dev/null 3>&- || status=$?
    echo "$status" >status
}

@test "a reader that goes away" {
    watch_on | head -n 1 >/dev/null
    [ "$(<status)" -eq 141 ] # SIGPIPE
    (trap '' PIPE && watch_on) | head -n 1 >/dev/null
    [ "$(<status)" -eq 3 ]
    says out "the result could not be written: Broken pipe"
}

# Everybody may see its size, its owner alone its mappings.
of_another_user="Permission denied: only its owner, or root,"

@test "of another user, as root" {
    local as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    [ "$(id -u)" = 0 ] && "${as_nobody[@]}" true 2>/dev/null || skip "nobody else can be played"
    cp "$BIN/heapchurn" heapchurn
    chmod 755 . heapchurn
    watch_with : 0 "^STACK, LAZY and HUGE are n/a: $of_another_user" \
        "${as_nobody[@]}" ./heapchurn watch "$sleeper" --every 20ms --for 30ms
    says out "^process $sleeper \(sleep\) of root"
    watch_with : 3 "^heapchurn: process $sleeper \(sleep\): $of_another_user" \
        "${as_nobody[@]}" ./heapchurn watch "$sleeper" --smaps
    unshare -m mount -t proc -o hidepid=2 proc /proc 2>/dev/null || skip "/proc cannot be mounted"
    # shellcheck disable=SC2016 # for the shell in the namespace
    watch_with : 3 "^heapchurn: process $sleeper: /proc does not show it: .*hidepid" \
        unshare -m sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' sh \
        "${as_nobody[@]}" ./heapchurn watch "$sleeper"
}

@test "of another user, as a user" {
    [ -r /proc/1/status ] && [ "$(stat -c %u /proc/1)" != "$(id -u)" ] || skip "nobody else is here"
    watch 0 "^STACK, LAZY and HUGE are n/a: $of_another_user" 1 --every 20ms --for 30ms
    watch 3 "^heapchurn: process 1 \(.*\): $of_another_user" 1 --smaps
}
