#!/usr/bin/env bash
# The rows of faults.txt, two at a time. A row passes when the exit status and the sentence are the
# ones it names, what it names is stored and can be reported, --resume finishes the run once nothing
# is broken, and nothing is left: no process, no socket, no mount, no temporary file.
#
#     test_fault_matrix.sh BIN_DIR FAKE_SUBJECT ROW CLOCK_BACK [PATTERN]
#
# PATTERN: only rows that contain it.
set -u
here=$(dirname "$(realpath "$0")")
self=$here/$(basename "$0")
table=$here/faults.txt

trim() {
    local text=$1
    text=${text#"${text%%[![:space:]]*}"}
    printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# --- one row, in a process of its own ----------------------------------------------------------

# wrong WHY: the row fails, and goes on, so that all that is wrong is said.
wrong() {
    echo "    $*"
    failed=1
}

# Its own file system for what is stored, in a mount namespace of its own.
disk() {
    mount -t tmpfs -o "size=$1" none "$work/disk" || exit 77
    out=$work/disk/run
}

# play fake|real: which programs the driver finds.
play() {
    local name
    for name in "peer-$row" "proxy-$row" churner; do
        case $1 in
        fake) ln -sf "$fake" "$work/programs/$name" ;;
        real) ln -sf "$bin/$name" "$work/programs/$name" ;;
        esac
    done
}

# What is broken before the driver starts. Sets `before` (words before its command line) and `out`.
break_machine() {
    case $1 in
    - | passes | room | parentless | reader-gone | read-only | full | full-later) ;;
    no-port) # one, which the first of two sockets takes
        play real
        echo "40000 40000" >/proc/sys/net/ipv4/ip_local_port_range || exit 77
        ;;
    no-network) play real && export HEAPCHURN_PATIENCE=0.05 ;;
    impatient) export HEAPCHURN_PATIENCE=0.1 ;;
    files=*) before=(bash -c "ulimit -n ${1#*=}; exec \"\$@\"" -) ;;
    memory)
        play real
        rm "$work/programs/peer-$row"
        printf '%s
' '#!/bin/sh' 'ulimit -v 6000' "exec '$bin/peer-$row' \"\$@\"" >"$work/programs/peer-$row"
        chmod 755 "$work/programs/peer-$row"
        ;;
    file-size) before=(bash -c 'ulimit -f 2; exec "$@"' -) ;;
    closed=*) before=(bash -c "exec ${1#*=}>&-; exec \"\$@\"" -) ;;
    clock-back) before=(env LD_PRELOAD="$clock_back") ;;
    no-programs) rm "$work/programs/churner" ;;
    no-exec)
        rm "$work/programs/proxy-$row"
        printf '\177ELF' >"$work/programs/proxy-$row"
        chmod 755 "$work/programs/proxy-$row"
        ;;
    file) : >"$out" ;;
    below-file) : >"$work/file" && out=$work/file/run ;;
    *) echo "    faults.txt: no machine '$1'" && exit 1 ;;
    esac
    case $1 in
    room | full-later) disk 1m ;;
    full) disk 4k ;;
    read-only) disk 1m && mount -o remount,ro "$work/disk" ;;
    esac
}

# And whole again.
mend_machine() {
    unset HEAPCHURN_PATIENCE
    rm -f "$work/programs/fault" "$work/disk/ballast"
    before=()
    play fake
    [ ! -d "$out.away" ] || { rm -rf "$out" && mv "$out.away" "$out"; }
    [ "$act" != lock-disk ] || umount "$work/disk"
    if mountpoint -q "$work/disk"; then mount -o remount,rw,size=10m "$work/disk"; fi
}

start_driver() {
    local command=("${before[@]}" "$bin/heapchurn" run -w "$work/tiny.yaml" -a "$row" -r 2 -o "$out"
        --programs "$work/programs")
    [ "$machine" = passes ] || command+=(--no-passes)
    case $machine in
    parentless) # its parent is killed as soon as it has started it
        bash -c '"$@" & echo $! >"$0"; kill -9 $$' "$work/pid" "${command[@]}" \
            >"$work/out" 2>"$work/err" </dev/null 5>&-
        driver=$(cat "$work/pid")
        ;;
    reader-gone) # whoever reads what it prints has gone before it prints
        (
            "${command[@]}" 2>"$work/err" </dev/null 5>&-
            echo $? >"$work/status"
        ) > >(exec true) &
        driver=$!
        ;;
    *)
        "${command[@]}" >"$work/out" 2>"$work/err" </dev/null 5>&- &
        driver=$!
        ;;
    esac
}

# Once the fake hangs, with `hung` its process.
act() {
    local word
    read -t 60 -ru 5 hung || { wrong "nothing hangs" && return; }
    for word in $1; do
        case $word in
        kill-it) kill -9 "$hung" ;;
        fill-disk)
            head -c 2m /dev/zero >"$work/disk/ballast" 2>/dev/null && wrong "it is not full"
            kill -9 "$hung"
            ;;
        lock-disk) # over it, since files are open in it
                mount --bind "$work/disk" "$work/disk" && mount -o remount,bind,ro "$work/disk"
                kill -9 "$hung"
                ;;
        vanish) mv "$out" "$out.away" && kill -9 "$hung" ;;
        second)
            "$bin/heapchurn" run --resume "$out" >"$work/second" 2>&1 </dev/null &&
                wrong "a second driver was let in"
            grep -q "is being written by process $driver (" "$work/second" ||
                wrong "the second: $(cat "$work/second")"
            kill -INT "$driver"
            ;;
        *) kill -"$word" "$driver" 2>/dev/null ;;
        esac
    done
}

end_driver() {
    case $machine in
    parentless) timeout 60 tail --pid="$driver" -f /dev/null || wrong "it does not end" ;;
    reader-gone) wait "$driver" && status=$(cat "$work/status") ;;
    *)
        wait "$driver" 2>/dev/null
        status=$?
        ;;
    esac
}

# Trials of the plan: one that was noisy has several attempts.
stored() { (cd "$out/trials" 2>/dev/null && ls -d -- */trial.json 2>/dev/null) | cut -c 1-4 | sort -u | wc -l; }

# What is stored is read, and the run is finished with it. Nothing need be stored where it says "-".
judge_rest() {
    [ "$wanted_stored" = - ] || [ "$(stored)" -eq "$wanted_stored" ] ||
        wrong "$(stored) trials are stored, expected $wanted_stored"
    [ -e "$out/run.json" ] || return 0
    find "$out" -name '*.tmp' | grep . && wrong "half a file is left"
    "$bin/heapchurn" report "$out" >"$work/report" 2>&1 </dev/null || wrong "report: $(tail -n 1 "$work/report")"
    "$bin/heapchurn" run --resume "$out" --no-passes --programs "$work/programs" \
        >"$work/resumed" 2>&1 </dev/null ||
        wrong "resume: $(tail -n 2 "$work/resumed")"
    [ "$(stored)" -ge 2 ] || wrong "resume stored $(stored) trials"
}

# Processes of the fake may need a moment to be gone after a driver that was killed.
judge_left() {
    local patience=100
    while pgrep -f "$work/programs" >/dev/null && [ $((patience -= 1)) -gt 0 ]; do read -rt 0.05 -u 4; done
    pgrep -af "$work/programs" && wrong "processes are left"
    sed -n 's/^orphan //p' "$out"/trials/*/*.log 2>/dev/null | while read -r pid; do
        [ ! -d "/proc/$pid" ] || echo "$pid"
    done | grep . && wrong "orphans are left"
    find "$work" -type s | grep . && wrong "sockets are left"
    [ -z "$(ls -A "$work/tmp")" ] || wrong "left in TMPDIR: $(ls -A "$work/tmp")"
}

# run_row WORK LINE
run_row() {
    local fault act wanted_status says before=() driver hung status=- IFS='|'
    work=$1
    read -r fault machine act wanted_status wanted_stored says <<<"$2"
    unset IFS
    fault=$(trim "$fault") machine=$(trim "$machine") act=$(trim "$act") says=$(trim "$says")
    wanted_status=$(trim "$wanted_status") wanted_stored=$(trim "$wanted_stored")
    failed=0
    out=$work/run
    mkdir -p "$work/programs" "$work/tmp" "$work/disk"
    export TMPDIR=$work/tmp
    mkfifo "$work/programs/event" "$work/never"
    exec 5<>"$work/programs/event" 4<>"$work/never"
    play fake
    case $fault in
    -) ;;
    *:*:*:*) printf '%s' "$fault" >"$work/programs/fault" ;;
    *) printf '%s:2' "$fault" >"$work/programs/fault" ;;
    esac
    printf '%s\n' 'question: What happens?' 'load: rounds' 'peers: 1' 'rounds: 2' 'mesh: false' 'drain: pollset' \
        'quiet: 20ms' 'released: 20ms' 'step_deadline: 1s' >"$work/tiny.yaml"
    break_machine "$machine"
    start_driver
    [ "$act" = - ] || act "$act"
    end_driver
    [ "$wanted_status" = - ] || [ "$status" -eq "$wanted_status" ] ||
        wrong "exit status $status, expected $wanted_status"
    [ -z "$says" ] || grep -qF -- "$says" "$work/err" || wrong "stderr lacks: $says"
    [ $failed -eq 0 ] || tail -n 4 "$work/err" | sed 's/^/    stderr: /'
    mend_machine
    judge_rest
    judge_left
    exit $failed
}

# --- all rows ----------------------------------------------------------------------------------

# The namespaces that a row needs, before its command.
apart() {
    case $1 in
    *"| full"* | *"| read-only "* | *"| room "*) echo unshare --mount --map-root-user ;;
    *"| no-port "* | *"| no-network "*) echo unshare --net --map-root-user ;;
    esac
}

bin=$(realpath "$1")
fake=$(realpath "$2")
row=$3
clock_back=$(realpath "$4")
if [ "${5:-}" = --row ]; then run_row "$6" "$7"; fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mounts=$(sort /proc/self/mountinfo)
passed=0 failures=0 left_out=0 number=0

# finish NUMBER STATUS
finish() {
    case $2 in
    0) passed=$((passed + 1)) ;;
    77) left_out=$((left_out + 1)) && echo "left out: $(cat "$scratch/$1.line")" ;;
    *)
        failures=$((failures + 1))
        echo "FAILED: $(cat "$scratch/$1.line")"
        cat "$scratch/$1.said"
        ;;
    esac
    rm -rf "${scratch:?}/$1"
}

declare -A running=()
finish_one() {
    local ended status
    wait -n -p ended "${!running[@]}"
    status=$?
    finish "${running[$ended]}" "$status"
    unset "running[$ended]"
}

while IFS= read -r line; do
    case $line in '#'* | '') continue ;; esac
    case $line in *"${5:-}"*) ;; *) continue ;; esac
    number=$((number + 1))
    mkdir "$scratch/$number"
    printf '%s\n' "$line" >"$scratch/$number.line"
    case "$row $line" in
    "sanitizer "*"| clock-back "* | "sanitizer "*"| passes "*) # it must come first, and has no passes
        finish $number 77
        continue
        ;;
    esac
    read -ra namespace <<<"$(apart "$line")"
    if [ ${#namespace[@]} -gt 0 ] && ! "${namespace[@]}" true 2>/dev/null; then
        finish $number 77
        continue
    fi
    "${namespace[@]}" bash "$self" "$bin" "$fake" "$row" "$clock_back" --row "$scratch/$number" "$line" \
        >"$scratch/$number.said" 2>&1 </dev/null &
    running[$!]=$number
    [ ${#running[@]} -lt 2 ] || finish_one
done <"$table"
while [ ${#running[@]} -gt 0 ]; do finish_one; done

[ "$(sort /proc/self/mountinfo)" = "$mounts" ] || { echo "FAILED: a mount is left" && failures=$((failures + 1)); }
echo "$passed passed, $failures failed, $left_out left out"
[ "$failures" -eq 0 ]
