#!/usr/bin/env bash
# heapchurn watch as a user meets it: what it prints, and how it ends.
#
#     test_watch.sh BIN_DIR
#
# shellcheck disable=SC2317 # actions are called by name
set -u
bin=$(realpath "$1")
scratch=$(mktemp -d)
trap 'kill "${helpers[@]}" 2>/dev/null; rm -rf "$scratch"' EXIT
helpers=()
failed=0

fail() {
    echo "FAILED: $case: $*"
    sed 's/^/    /' "$scratch/out" | tail -n 8
    failed=$((failed + 1))
}

# expect STATUS PATTERN: of the watcher that ran last.
expect() {
    [ "$status" -eq "$1" ] || fail "exit status $status, expected $1"
    grep -qE -- "$2" "$scratch/out" || fail "lacks: $2"
}

# watch STATUS PATTERN ARGUMENT...: exit status, and a part of what it says.
watch() {
    local wanted=$1 pattern=$2
    shift 2
    case="watch $*"
    "$bin/heapchurn" watch "$@" >"$scratch/out" 2>&1 </dev/null
    status=$?
    expect "$wanted" "$pattern"
}

# watch_with ACTION COMMAND...: after each look ACTION is called with its number.
watch_with() {
    local action=$1 looks=0 line
    shift
    case="$action: $*"
    : >"$scratch/out"
    "$@" >"$scratch/lines" 2>&1 </dev/null &
    watcher=$!
    while read -r line; do
        echo "$line" >>"$scratch/out"
        case $line in [0-9][0-9]:*) "$action" $((looks += 1)) ;; esac
    done <"$scratch/lines"
    wait "$watcher"
    status=$?
}
mkfifo "$scratch/lines"

start_sleep() {
    sleep 60 &
    helpers+=($!)
    disown # its end is no news
}
start_sleep
sleeper=$!

# The number of looks depends on how busy the machine is, but it is told.
watch 0 "^the time given is over; [1-4] looks? in " "$sleeper" --every 20ms --for 70ms \
    -o "$scratch/w.csv"
looks=$(sed -nE 's/^the time given is over; ([0-9]+) look.*/\1/p' "$scratch/out")
[ "$(wc -l <"$scratch/w.csv")" -eq $((looks + 1)) ] || fail "CSV: not a line per look"
head -n 1 "$scratch/w.csv" | grep -q '^cycle,elapsed_s,rss_bytes,' || fail "CSV: no header"
"$bin/heapchurn" judge "$scratch/w.csv" >"$scratch/out" 2>&1 || fail "judge cannot read the CSV"
watch 0 "resident: heap" "$sleeper" --smaps --every 20ms --for 30ms
watch 0 "^the time given is over; 1 look in " "$sleeper" --every 1h --for 1ms
# shellcheck disable=SC2016 # the shell that becomes the watcher knows its number
watch_with : sh -c 'exec "$0" watch $$ --every 10ms --for 30ms --smaps' "$bin/heapchurn"
expect 0 "^process [0-9]+ \(heapchurn\)"

# How it ends: with the process, by a signal, never by the hang-up that nohup shields from.
kill_it() { kill -KILL "$ender" 2>/dev/null; }
interrupt() { kill -INT "$watcher"; }
terminate() { kill -TERM "$watcher"; }
hang_up() {
    case $1 in
    1) kill -HUP "$watcher" ;;
    3) kill_it ;;
    esac
}
start_sleep
ender=$!
watch_with kill_it "$bin/heapchurn" watch "$ender" --every 20ms
expect 0 "has ended|is ending"
watch 3 "there is no process $ender" "$ender"
watch_with interrupt "$bin/heapchurn" watch "$sleeper" --every 1h --smaps
expect 0 "^stopped; 1 look in .*, RSS 0 B"
watch_with terminate "$bin/heapchurn" watch "$sleeper" --every 1h
expect 0 "^stopped; 1 look in "
start_sleep
ender=$!
watch_with hang_up nohup "$bin/heapchurn" watch "$ender" --every 10ms
expect 0 "has ended|is ending"

# Stopped for 50 looks, it does not make up for them.
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
watch_with stop_for_a_while "$bin/heapchurn" watch "$sleeper" --every 10ms -o "$scratch/w.csv"
expect 0 "^stopped; "
awk -F, 'NR > 1 { looks++; last = $2 } END { exit !(looks <= last / 0.010 + 1 - 45) }' \
    "$scratch/w.csv" || fail "looks that were missed are made up for"

# A name may be anything; groups come before memory in /proc/PID/status.
mkfifo "$scratch/named"
perl -e '$|=1; $) = join " ", 0, 0, 1_000_000_000 .. 1_000_001_200; $0 = "a\n\e[31mX"; print "$$\n";
         sleep 60' >"$scratch/named" 2>"$scratch/log" &
helpers+=($!)
disown
read -r named <"$scratch/named"
watch 0 "^process $named \(a\?\?\[31mX\) of " "$named" --every 10ms --for 10ms

# A process that forks and dies: its child is another one.
fork_and_die='$|=1; fork or do { close STDOUT; sleep 60; exit }; print "$$\n"; <STDIN>'
mkfifo "$scratch/forked" "$scratch/go"
perl -e "$fork_and_die" <"$scratch/go" >"$scratch/forked" &
exec 8>"$scratch/go"
read -r ender <"$scratch/forked"
helpers+=("$(pgrep -P "$ender")")
go() { [ "$1" -ne 1 ] || echo >&8; }
watch_with go "$bin/heapchurn" watch "$ender" --every 10ms
expect 0 "has ended|is ending"
kill -0 "${helpers[-1]}" 2>/dev/null || fail "its child was to live on"

# A zombie: its parent does not collect it. The parent says when it is one.
mkfifo "$scratch/zombie"
perl -e '$|=1; my $pid = fork; exit 0 if !$pid; 1 while `cat /proc/$pid/stat` !~ /\) Z/;
         print "$pid\n"; sleep 60' >"$scratch/zombie" &
helpers+=($!)
read -r zombie <"$scratch/zombie"
watch 3 "^heapchurn: process $zombie \(perl\) has ended; it is a zombie until its parent $!" "$zombie"

# What is no process, or no number.
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
if [ "$(tr -d '\0' </proc/2/cmdline 2>/dev/null)" = "" ] && [ -e /proc/2 ]; then
    watch 3 "is a thread of the kernel" 2
else
    echo "left out: no thread of the kernel is visible here"
fi

# What cannot be written ends it at once; nobody else does here.
watch 3 "^heapchurn: /no/such/folder/w.csv: No such file" "$sleeper" -o /no/such/folder/w.csv
watch 3 "^heapchurn: /dev/full: No space left on device" "$sleeper" --every 10ms -o /dev/full
case="a full disk"
"$bin/heapchurn" watch "$sleeper" --every 10ms >/dev/full 2>"$scratch/out" </dev/null
status=$?
expect 3 "the result could not be written: No space left on device"
case="a reader that goes away"
"$bin/heapchurn" watch "$sleeper" --every 10ms 2>"$scratch/out" </dev/null | head -n 1 >/dev/null
[ "${PIPESTATUS[0]}" -eq 141 ] || fail "exit status ${PIPESTATUS[0]}, expected 141 (SIGPIPE)"
(
    trap '' PIPE
    "$bin/heapchurn" watch "$sleeper" --every 10ms 2>"$scratch/out" </dev/null
    echo $? >"$scratch/status"
) | head -n 1 >/dev/null
status=$(<"$scratch/status")
expect 3 "the result could not be written: Broken pipe"

# Of another user: everybody may see its size, its owner alone its mappings.
as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
if [ "$(id -u)" = 0 ] && "${as_nobody[@]}" true 2>/dev/null; then
    cp "$bin/heapchurn" "$scratch/heapchurn"
    chmod 755 "$scratch" "$scratch/heapchurn"
    watch_with : "${as_nobody[@]}" "$scratch/heapchurn" watch "$sleeper" --every 20ms --for 30ms
    expect 0 "^STACK, LAZY and HUGE are n/a: Permission denied: only its owner, or root,"
    grep -qE "^process $sleeper \(sleep\) of root" "$scratch/out" || fail "the owner is not named"
    watch_with : "${as_nobody[@]}" "$scratch/heapchurn" watch "$sleeper" --smaps
    expect 3 "^heapchurn: process $sleeper \(sleep\): Permission denied: only its owner, or root,"
    if unshare -m mount -t proc -o hidepid=2 proc /proc 2>/dev/null; then
        # shellcheck disable=SC2016 # for the shell in the namespace
        watch_with : unshare -m sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' sh \
            "${as_nobody[@]}" "$scratch/heapchurn" watch "$sleeper"
        expect 3 "^heapchurn: process $sleeper: /proc does not show it: .*hidepid"
    else
        echo "left out: /proc cannot be mounted here"
    fi
elif [ -r /proc/1/status ] && [ "$(stat -c %u /proc/1)" != "$(id -u)" ]; then
    watch 0 "^STACK, LAZY and HUGE are n/a: Permission denied: only its owner, or root," 1 --every 20ms --for 30ms
    watch 3 "^heapchurn: process 1 \(.*\): Permission denied: only its owner, or root," 1 --smaps
else
    echo "left out: nobody else is here"
fi

[ "$failed" -eq 0 ] && echo "all passed"
exit "$failed"
