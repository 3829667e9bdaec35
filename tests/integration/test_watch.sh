#!/usr/bin/env bash
# heapchurn watch as a user meets it: what it prints, and how it ends.
#
#     test_watch.sh BIN_DIR
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

# watch STATUS PATTERN ARGUMENT...: exit status, and a part of what it says.
watch() {
    local status=$1 pattern=$2 got
    shift 2
    case="watch $*"
    "$bin/heapchurn" watch "$@" >"$scratch/out" 2>&1 </dev/null
    got=$?
    [ "$got" -eq "$status" ] || fail "exit status $got, expected $status"
    grep -qF -- "$pattern" "$scratch/out" || fail "lacks: $pattern"
}

sleep 60 &
helpers+=($!)
sleeper=$!

watch 0 "the time given is over; 3 looks" "$sleeper" --every 20ms --for 50ms -o "$scratch/w.csv"
[ "$(wc -l <"$scratch/w.csv")" -eq 4 ] || fail "CSV: $(wc -l <"$scratch/w.csv") lines, expected 4"
head -n 1 "$scratch/w.csv" | grep -q '^cycle,elapsed_s,rss_bytes,' || fail "CSV: no header"
"$bin/heapchurn" judge "$scratch/w.csv" >"$scratch/out" 2>&1 || fail "judge cannot read the CSV"
watch 0 "resident: heap" "$sleeper" --smaps --every 20ms --for 30ms

# It ends while it is watched: killed by the watcher's own output, not after a time.
mkfifo "$scratch/lines"
case="the process ends"
sleep 60 &
ender=$!
"$bin/heapchurn" watch "$ender" --every 20ms >"$scratch/lines" 2>&1 </dev/null &
watcher=$!
while read -r line; do
    echo "$line" >>"$scratch/seen"
    case $line in 00:*) kill -KILL "$ender" 2>/dev/null ;; esac
done <"$scratch/lines"
wait "$watcher"
status=$?
cp "$scratch/seen" "$scratch/out"
[ "$status" -eq 0 ] || fail "exit status $status"
grep -qE 'has ended|is ending' "$scratch/out" || fail "does not say that it ended"
watch 3 "there is no process $ender" "$ender"

# A zombie: its parent does not collect it. The parent says when it is one.
mkfifo "$scratch/zombie"
perl -e '$|=1; my $pid = fork; exit 0 if !$pid; 1 while `cat /proc/$pid/stat` !~ /\) Z/;
         print "$pid\n"; sleep 60' >"$scratch/zombie" &
helpers+=($!)
read -r zombie <"$scratch/zombie"
watch 3 "is a zombie" "$zombie"

watch 2 "is not the number of a process" abc
watch 2 "is not the number of a process" 0
watch 2 "one process at a time" 1 2
watch 2 "which process" --every 1s
watch 2 "too short" "$sleeper" --every 1us
watch 3 "/no/such/folder" "$sleeper" -o /no/such/folder/w.csv --for 20ms

# Of another user: everybody may see its size, its owner alone its mappings.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    cp "$bin/heapchurn" "$scratch/heapchurn"
    chmod 755 "$scratch" "$scratch/heapchurn"
    bin=$scratch
    printf '#!/bin/sh\nexec setpriv --reuid 65534 --clear-groups %s "$@"\n' "$scratch/heapchurn" \
        >"$scratch/as-nobody"
    chmod 755 "$scratch/as-nobody"
    mkdir "$scratch/nobody" && ln -s "$scratch/as-nobody" "$scratch/nobody/heapchurn"
    bin=$scratch/nobody
    watch 0 "PSS is n/a" "$sleeper" --every 20ms --for 30ms
    watch 3 "may not be read; only its owner" "$sleeper" --smaps
fi

[ "$failed" -eq 0 ] && echo "all passed"
exit "$failed"
