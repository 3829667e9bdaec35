#!/usr/bin/env bats
# shellcheck disable=SC2030,SC2031,SC2154 # each test is a subshell
# watch --attach: an agent put into a process that runs. What it says is held against what the
# process holds; it goes on afterwards; what cannot be done safely is refused with a sentence.
load helper
load watch # which sets $watcher

setup() {
    gdb --version >/dev/null 2>&1 || skip "gdb is not here"
    stand_in_scratch
}

# start PRELOAD PROGRAM ARGUMENT...: it waits for letters; its number is $process.
start() {
    local preload=$1
    shift
    rm -f to from
    mkfifo to from
    LD_PRELOAD=$preload "$@" <to >from 3>&- &
    process=$!
    helpers+=("$process")
    exec 7>to 8<from
}

# step LETTER: $held is what it says then.
step() { echo -n "$1" >&7 && read -r -t 20 held <&8; }

# goes_on: it is neither stopped nor traced, and does what it is told.
goes_on() {
    ! grep -E '^State:[[:space:]]+[tT]' "/proc/$process/status" || fail "it is stopped"
    grep -qE '^TracerPid:[[:space:]]+0' "/proc/$process/status" || fail "it is traced"
    step n || fail "it does not answer"
}

end() {
    exec 7>&- 8<&-
    kill "$process" 2>/dev/null || :
    wait "$process" 2>/dev/null || :
}

attach() {
    local wanted=$1
    shift
    heapchurn "$wanted" watch "$process" --attach --every 100ms --for 300ms "$@"
}

# live: in the last look of curve.csv.
live() { awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "live_bytes") at = i } END { print $at }' curve.csv; }

# near A B: within 3 % and 512 KiB.
near() { awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit (d < 0 ? -d : d) > b * .03 + 524288 }'; }

@test "live is what it holds, under each allocator, and it goes on" {
    local row library
    for row in glibc jemalloc tcmalloc mimalloc; do
        library=
        [ "$row" = glibc ] || library=$(compgen -G "/usr/lib/*/lib$row.so.[0-9]" | head -n 1)
        [ "$row" = glibc ] || [ -n "$library" ] || continue
        start "$library" "$ATTACHED" plain
        for _ in 1 2 3 4; do step g; done
        attach 0 -o curve.csv
        tells out "$row"
        tells out 'It was stopped for'
        tells out 'Processes that it forks have no agent.'
        if [ "$row" = mimalloc ]; then
            tells out 'LIVE of mimalloc is n/a'
        else
            near "$(live)" "$held" || fail "$row: live is $(live), it holds $held"
        fi
        goes_on
        # Once more, after it has grown: the library is there already.
        step g
        attach 0 -o curve.csv
        [ "$row" = mimalloc ] || near "$(live)" "$held" || fail "$row: live is $(live), not $held"
        goes_on
        end
    done
}

@test "while other threads allocate" {
    start '' "$ATTACHED" busy
    step g
    attach 0 -o curve.csv
    near "$(live)" "$held" || fail "live is $(live), it holds $held"
    goes_on
}

@test "what it gives back when it is asked" {
    start '' "$ATTACHED" plain
    for _ in 1 2 3 4; do step g; done
    step f
    attach 0 --release
    tells out 'giving back: malloc_trim(0) took'
    awk '$1 == "anonymous" { exit !($2 > 15 && $4 < 13 && $3 == "MiB" && $5 == "MiB") }' out ||
        fail "it gave back nothing"
    goes_on
}

grow() {
    step g
    [ "$1" -ne 30 ] || kill -INT "$watcher"
}

@test "what it holds grows while it is watched" {
    start '' "$ATTACHED" plain
    step g
    at_looks grow "$BIN/heapchurn" watch "$process" --attach --every 50ms
    exits 0 'watch --attach'
    says out '^whose memory: leak'
    says out 'TIME +RSS +ANON +LIVE +KEPT +OUTSIDE'
}

refused() {
    attach 3
    tells err "$1"
    [ "$status" = 3 ]
}

@test "what cannot be done safely is refused" {
    start '' "$ATTACHED_STATIC" plain
    step n
    refused 'is static: no allocator can be put under it'
    goes_on
    end
    start '' "$ATTACHED" filtered
    step n
    refused 'it is under a seccomp filter'
    goes_on
    end
    start '' "$OWN_MALLOC"
    refused 'brings its own malloc'
    end
    start '' "$ATTACHED" plain
    step n
    kill -STOP "$process"
    until grep -q '^State:.T' "/proc/$process/status"; do :; done
    refused 'it is stopped; continue it first'
    kill -CONT "$process"
    goes_on
    heapchurn 2 watch "$process" --release
    tells err '--release asks the agent: it needs --attach'
    mkdir empty
    printf '#!%s\nPATH=%s\nexec "%s" "$@"\n' "$BASH" "$PWD/empty" "$BIN/heapchurn" >heapchurn
    chmod +x heapchurn
    BIN=$PWD attach 3
    tells err 'which is not here; Debian: apt install gdb'
}

@test "two at once" {
    start '' "$ATTACHED" plain
    step n
    "$BIN/heapchurn" watch "$process" --attach --every 50ms >first 2>/dev/null 7>&- 8<&- 3>&- &
    local first=$!
    helpers+=("$first")
    until grep -q '^[0-9][0-9]:' first; do sleep 0.02; done # its first look
    refused 'an agent is in it already'
    kill -TERM "$first"
    wait "$first" || :
    goes_on
    attach 0
    goes_on
}

@test "no moment that is safe: it is let go" {
    start '' "$ATTACHED" handler
    step n
    HEAPCHURN_PATIENCE=0.1 refused 'its threads are in signal handlers; try again'
    ! grep -E '^State:[[:space:]]+[tT]' "/proc/$process/status" || fail "it is stopped"
}
