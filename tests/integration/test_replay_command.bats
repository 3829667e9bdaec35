#!/usr/bin/env bats
# `heapchurn replay` on traces with known answers, and on files that are none. About 6 s.
load helper

setup_file() {
    share
    for name in ring large short-threads every-kind; do
        "$WRITE_TRACE" "$name" "$SHARED/$name.trace"
    done
}

@test "a trace is a workload like any other: work, reports, a run that tells itself again" {
    heapchurn 0 replay "$SHARED/large.trace" "$SHARED/ring.trace" -a "$ROW" -r 1 --slices 40 --no-passes \
        -o run
    tells out "40 slices = 40 cycles, a slice of the trace each"
    [ "$(jq -r '.roles[0].counters | map("\(.name)=\(.value)") | join(" ")' \
        run/trials/0001-*-a1/trial.json | tr ' ' '\n' | grep -c -e '^events=1000000$' \
        -e '^calls=500000$' -e '^slices=40$' -e '^trace_live_bytes=0$')" = 4 ] ||
        fail "other counts: $(jq -c '.roles[0].counters' run/trials/0001-*-a1/trial.json)"
    cp out first
    heapchurn 0 report run
    # The last two lines of a run say where it is.
    head -n -2 first | diff - out || fail "another report"
}

@test "a workload file names a trace, from where the file is" {
    mkdir sub
    cp "$SHARED/short-threads.trace" sub/
    cat >sub/threads.yaml <<'YAML'
question: What do short threads leave behind?
load: trace
trace: short-threads.trace
trace_mode: one-thread
rounds: 10
YAML
    heapchurn 0 run -w sub/threads.yaml -a "$ROW" -r 1 --no-passes -o run
    [ "$(jq -r '.workloads[0].trace.file' run/run.json)" = "$(realpath sub/short-threads.trace)" ] ||
        fail "stored otherwise: $(jq -c '.workloads[0]' run/run.json)"
}

@test "a replay that was interrupted is finished by --resume, of the same file" {
    heapchurn 0 replay "$SHARED/short-threads.trace" -a "$ROW" -r 3 --slices 10 --no-passes -o run
    rm -r run/trials/0002-*
    heapchurn 0 replay --resume run --no-passes
    tells out "10 slices = 10 cycles, a slice of the trace each; 3 blocks, 3 of 3 valid"
    [ "$(find run/trials -name trial.json | sed "s,-a[0-9]*/trial.json,," | sort -u | wc -l)" = 3 ] ||
        fail "other trials: $(ls run/trials)"
    [ "$(jq -r .outcome run/trials/0002-*/trial.json | sort -u)" = valid ] || fail "the second was not played again"
    heapchurn 2 replay --resume run "$SHARED/ring.trace"
    tells err "takes what is played from the stored run; leave '$SHARED/ring.trace' out"
    heapchurn 2 replay --resume run -a "$ROW"
    tells err "--resume takes what is played from the stored run; leave -a out"
    heapchurn 2 replay
    tells err "which trace?"
}

@test "of programs that were recorded together one is played, and what the others did is counted" {
    [ -e "$BIN/libheapchurn-record.so" ] || skip "this build has no recorder"
    heapchurn 0 record --no-compare -o tree.trace -- sh -c 'sort /etc/passwd >/dev/null; sort /etc/group >/dev/null'
    heapchurn 0 replay tree.trace -a "$ROW" -r 1 --slices 2 --no-passes -o run
    jq -r '.workloads[0].replay.text' run/result.json >said
    says said "One of [2-9] programs that were recorded together was played .*; the others, which made [1-9][0-9]* of all"
    says out "programs that were recorded together"
}

# What the trace says its program had in memory.
few_pages() {
    jq -n '{heapchurn: "0", started_utc: null, command: null, workload: null, kernel: null, cpu_model: null,
        libc: null, cores: 1, cpus: null, allocator: "glibc", version: null, elapsed_ns: 1, cpu_ns: 1,
        cycles: null, cycle_unit: null, images: [], unrecorded: [], phases: [], recorded: [],
        originals: [{allocator: "glibc", version: null, elapsed_ns: 1, cpu_ns: 1, start_heap_bytes: 1,
            peak_heap_bytes: 200000, end_heap_bytes: 1, peak_anon_bytes: 1, end_anon_bytes: 1,
            processes: 1, samples: []}]}' >facts
}

@test "ten blocks of 8 GiB of which a page each is written take ten pages" {
    ! instrumented || skip "sanitizers serve no such blocks"
    local mode most_kib
    mode=$(cat /proc/sys/vm/overcommit_memory)
    most_kib=$(awk '/^(MemTotal|SwapTotal):/ { kib += $2 } END { print kib }' /proc/meminfo)
    [ "$mode" != 2 ] || skip "the kernel commits no more memory than there is (vm.overcommit_memory=2)"
    [ "$mode" = 1 ] || [ "$most_kib" -gt $((9 << 20)) ] || skip "the kernel refuses a block of 8 GiB here"
    [ "$(ulimit -v)" = unlimited ] || skip "ulimit -v is set"
    few_pages
    "$WRITE_TRACE" sparse:10:$((8 << 30)) sparse.trace facts
    # Where the kernel gives huge pages unasked a page of a block is 2 MiB.
    local row=glibc
    ! grep -q '\[always\]' /sys/kernel/mm/transparent_hugepage/enabled 2>/dev/null || row=glibc+nothp
    heapchurn 0 replay sparse.trace -a "$row" -r 1 --slices 20 --no-passes -o run
    jq -e '.roles[0].counters[] | select(.name == "trace_peak_live_bytes") | .value > 80e9' \
        run/trials/*/trial.json >/dev/null ||
        fail "$(jq -c '.roles[0].counters' run/trials/*/trial.json)"
    jq -e '.workloads[0].rows[0].subjects.replayer.rss_anon_peak_bytes.median < 4e6' run/result.json >/dev/null ||
        fail "$(jq -c '.workloads[0].rows[0].subjects.replayer.rss_anon_peak_bytes' run/result.json)"
}

@test "a block that no allocator has: its size and its alignment are told" {
    ! instrumented || skip "sanitizers end a program that asks for it"
    few_pages
    "$WRITE_TRACE" sparse:1:$((1 << 46)) huge.trace facts
    heapchurn 3 replay huge.trace -a "$ROW" -r 1 --slices 20 --no-passes -o run
    tells out "no memory for a block of 70368744177664 bytes, aligned to 4096"
}

@test "paced, it takes as long as it took" {
    heapchurn 0 replay "$SHARED/short-threads.trace" --mode paced -a "$ROW" -r 1 --slices 20 --no-passes -o run
    took=$(jq '.phase_end_ns | .churn - .start' run/trials/0001-*-a1/trial.json)
    [ "$took" -ge 99000000 ] || fail "100 ms of a trace were played in $took ns"
}

@test "what is no trace, or makes no sense, is one sentence and status 2" {
    head -c 5000 "$SHARED/ring.trace" >cut.trace
    { head -c 6000 "$SHARED/ring.trace" && printf XXXX && tail -c +6005 "$SHARED/ring.trace"; } >flipped.trace
    { head -c 8 "$SHARED/ring.trace" && printf '\7' && tail -c +10 "$SHARED/ring.trace"; } >version.trace
    { head -c 12 "$SHARED/ring.trace" && printf '\1\2\3\4' && tail -c +17 "$SHARED/ring.trace"; } >order.trace
    head -c 4000 "$SHARED/ring.trace" >page.trace
    : >empty.trace
    for case in "nosuch:No such file" "empty:is no trace" "page:cut off in its first page" \
        "version:version 7; this heapchurn reads" "order:another byte order" "cut:cut off" "flipped:damaged"; do
        [ -e "${case%%:*}.trace" ] || [ "${case%%:*}" = nosuch ] || fail "no such case"
        heapchurn 2 replay "${case%%:*}.trace" -a "$ROW" -r 1 -o "run-${case%%:*}"
        tells err "${case#*:}"
        [ "$(wc -l <err)" -eq 1 ] || fail "more than one sentence"
        [ ! -e "run-${case%%:*}" ] || fail "a run was begun"
    done
    heapchurn 2 replay "$SHARED/every-kind.trace" -a "$ROW" --slices 1000
    tells err "9 events, too few"
    heapchurn 2 replay "$SHARED/ring.trace" --mode fast
    heapchurn 2 replay "$SHARED/ring.trace" --image 9
}

@test "the shipped traces: a peer, redis with io-threads, sqlite, each exact after every slice" {
    for name in discovery redis-io-threads sqlite; do
        heapchurn 0 replay "$SOURCE/workloads/traces/$name.trace" -a "$ROW" -r 1 --slices 20 --no-passes -o "run-$name"
        [ "$(jq -r '.outcome' "run-$name"/trials/0001-*-a1/trial.json)" = valid ] || fail "$name: no valid trial"
        says out "^(The replay|How near)"
    done
    # One of them is a workload by name.
    heapchurn 0 run -w sqlite-recorded --quick -a "$ROW" -r 1 --no-passes -o run-named
    [ "$(jq -r '.workloads[0].trace.file' run-named/run.json)" = "$(realpath "$SOURCE/workloads/traces/sqlite.trace")" ] ||
        fail "another trace"
}

@test "a trace has ceilings like any workload" {
    [ "$ROW" != sanitizer ] || skip "a sanitizer keeps what is freed"
    "$WRITE_TRACE" large large.trace
    printf '%s\n' 'question: Does it stay below?' 'load: trace' 'trace: large.trace' 'rounds: 20' >large.yaml
    # What is judged here is the gate: others may keep the cores busy.
    heapchurn 0 run -w ./large.yaml -a "$ROW" -r 3 --no-passes -o run
    for most in 100 1; do
        printf '%s\n' 'ceilings:' '  - workload: large' "    row: $ROW" '    subject: replayer' \
            '    metric: rss_anon_plateau_bytes' "    at_most: $most MiB" >ceilings-$most.yaml
    done
    heapchurn 0 check run --ceilings ceilings-100.yaml
    tells out "rss_anon_plateau_bytes ceiling: median"
    tells out "The gate passes"
    heapchurn 3 check run --ceilings ceilings-1.yaml
    tells out "over the ceiling of 1 MiB"
}
