#!/usr/bin/env bats
# `heapchurn trace`: what is in traces with known answers, and the traces it makes of them. About 4 s.
load helper

setup_file() {
    share
    for name in ring large short-threads every-kind forked; do
        "$WRITE_TRACE" "$name" "$SHARED/$name.trace"
    done
}

# number FILE FILTER: of trace --json
number() {
    heapchurn 0 trace "$1" --json
    jq -r "$2" out
}

@test "counts, threads, peak and lifetimes are those that were written" {
    [ "$(number "$SHARED/ring.trace" '[.allocations, .frees, .foreign_frees, .threads, .threads_max] | join(" ")')" = \
        "1600 1600 1600 8 8" ] || fail "ring: other counts"
    [ "$(number "$SHARED/short-threads.trace" '[.threads, .threads_max, .duration_ms, .peak_live_bytes, .end_live_bytes] | join(" ")')" = \
        "101 2 100 1001 1" ] || fail "short-threads: other counts"
    [ "$(number "$SHARED/every-kind.trace" '[.reallocs, .peak_live_bytes, .miscounted_threads] | join(" ")')" = \
        "2 271581184 0" ] || fail "every-kind: other counts: $(jq -c '[.reallocs, .peak_live_bytes]' out)"
    # In large, every block is freed by the 10,000th one after it.
    [ "$(number "$SHARED/large.trace" '.sizes | map(.blocks) | add')" = 500000 ] || fail "other sizes"
    [ "$(jq '.lifetimes_ms | map(select(.from >= 64 and .from <= 128).blocks) | add > 480000' out)" = true ] ||
        fail "other lifetimes: $(jq -c .lifetimes_ms out)"
    heapchurn 0 trace "$SHARED/ring.trace"
    says out "100.0 % of them by another thread"
    heapchurn 0 trace "$SHARED/forked.trace"
    tells out "1 more of what a fork had left it"
}

@test "cut: a stretch, with what lived when it begins" {
    heapchurn 0 trace "$SHARED/large.trace" --cut 500ms..1s -o part.trace
    [ "$(number part.trace '[.allocations, .frees, .duration_ms] | join(" ")')" = "60000 50000 499" ] ||
        fail "$(jq -c '[.allocations, .frees, .duration_ms]' out)"
    heapchurn 0 replay part.trace -a "$ROW" -r 1 --slices 10 --no-passes -o run
    heapchurn 0 trace "$SHARED/every-kind.trace" --cut 0s.. -o marked.trace
    [ "$(number marked.trace '.marks[0].text')" = half ] || fail "its mark is gone"
    heapchurn 2 trace "$SHARED/large.trace" --cut 1h.. -o none.trace
    says err "nothing happened in that time"
    [ ! -e none.trace ] || fail "a file for nothing"
    heapchurn 2 trace "$SHARED/large.trace" --cut 2s..1s -o none.trace
    heapchurn 2 trace "$SHARED/large.trace" --cut 1s..2s
}

@test "a time without calls, and where the original was looked at last" {
    "$WRITE_TRACE" pause:1000 pause.trace
    heapchurn 0 trace pause.trace --json
    [ "$(jq '[.over_time[] | select(.calls == 0) | .live_max_bytes == 2e6] | length > 0 and all' out)" = true ] ||
        fail "$(jq -c '.over_time | map([.calls, .live_max_bytes])' out)"
    heapchurn 0 trace "$SOURCE/workloads/traces/discovery.trace" --json
    [ "$(jq '.calls_behind_end > 0 and .end_ms < .duration_ms' out)" = true ] || fail "it has no end"
    heapchurn 0 trace "$SOURCE/workloads/traces/discovery.trace"
    says out "^the end +after .*; [0-9]+ calls behind it"
}

@test "anonymised it is the same, without texts" {
    heapchurn 0 trace "$SHARED/every-kind.trace" --anonymise public.trace
    says out "no command line"
    heapchurn 0 trace "$SHARED/every-kind.trace" --json
    jq 'del(.file_bytes, .marks)' out >before
    [ "$(jq -c .marks out)" = '[{"ms":0,"text":"half"}]' ] || fail "other marks"
    heapchurn 0 trace public.trace --json
    [ "$(jq -c .marks out)" = '[{"ms":0,"text":"xxxx"}]' ] || fail "its marks are told"
    jq 'del(.file_bytes, .marks)' out | diff before - || fail "another trace"
    # To be given away: as small as can be.
    heapchurn 0 trace "$SHARED/ring.trace" --anonymise small.trace
    [ "$(stat -c %s small.trace)" -lt "$(stat -c %s "$SHARED/ring.trace")" ] || fail "no smaller than before"
}

# strange_facts: what nobody's recorder would say; it acts on a terminal, and on a page.
strange_facts() {
    jq -n '"\u001b]0;x\u0007\u009b2J<script>" as $bad | {
        heapchurn: $bad, started_utc: $bad, command: [$bad, "b\nc"], workload: $bad, kernel: $bad, cpu_model: $bad,
        libc: $bad, cores: 2, cpus: $bad, allocator: "glibc", version: $bad, elapsed_ns: 1, cpu_ns: 1, cycles: 1,
        cycle_unit: $bad, recorded: [], images: [{image: 1, pid: 1, program: $bad}],
        unrecorded: [{pid: 2, program: $bad, reason: $bad}], phases: [{ms: 5, name: $bad}],
        originals: [{allocator: "glibc", version: $bad, elapsed_ns: 1, cpu_ns: 1, start_heap_bytes: 1,
            peak_heap_bytes: 1e15, end_heap_bytes: 1, peak_anon_bytes: 1, end_anon_bytes: 1, processes: 1,
            samples: [{ms: 9, anon_bytes: 1, heap_bytes: 1e15}, {ms: 1e15, anon_bytes: 1, heap_bytes: 1}]}]
        }' | jq 'walk(if type == "number" then floor else . end)'
}

# harmless FILE...: nothing in it acts on a terminal.
harmless() { ! LC_ALL=C grep -lP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$@" || fail "control characters"; }

@test "what a stranger's trace says of itself acts on nobody who looks" {
    strange_facts >facts.json
    "$WRITE_TRACE" marks:100 strange.trace facts.json
    heapchurn 0 trace strange.trace
    harmless out err
    says out ': .*x.*<script> b.c$'
    says out '^ +0 ms  .\[2Jround.<b>$'
    says out 'and 80 more'
    heapchurn 0 trace strange.trace --json
    [ "$(jq '[.mark_count, (.marks | length), .phases[0].ms] | join(" ")' out)" = '"100 64 4"' ] || fail "other marks"
    heapchurn 0 replay strange.trace -a "$ROW" -r 1 --slices 2 --no-passes -o run
    harmless out err run/report.md run/report.html
    lacks run/report.html '[^;]<script>.*round'
    # Of another kind than expected, it is not believed, and nothing is begun.
    jq '.cores = "two"' facts.json >other.json
    "$WRITE_TRACE" every-kind other.trace other.json
    for command in trace "replay -a $ROW -r 1 --slices 2 -o none"; do
        # shellcheck disable=SC2086 # words
        heapchurn 2 $command other.trace
        tells err "'cores' is not of the expected kind"
    done
    [ ! -e none ] || fail "a run was begun"
}

@test "cut off, it is read as far as it is whole, and that is said" {
    # 1,000,000 events are several frames.
    size=$(stat -c %s "$SHARED/large.trace")
    head -c $((size * 2 / 3)) "$SHARED/large.trace" >cut.trace
    heapchurn 0 trace cut.trace --json
    [ "$(jq '.allocations > 1000 and .allocations < 500000 and .damage != null' out)" = true ] ||
        fail "$(jq -c '[.allocations, .damage]' out)"
    heapchurn 0 trace cut.trace
    says out "^NOT WHOLE: "
    heapchurn 2 trace cut.trace --anonymise public.trace
    heapchurn 2 trace nosuch.trace
}

@test "a raw file: what to do with it is said, and flipped bits in it are found" {
    "$WRITE_TRACE" large large.raw
    heapchurn 0 trace large.raw --json
    [ "$(jq -r '[.allocations, .frees, .lost_events] | join(" ")' out)" = "500000 500000 0" ] ||
        fail "read otherwise"
    says err "large.raw was not packed yet: .* 0 of [0-9]+ chunks"
    heapchurn 2 replay large.raw -a "$ROW"
    says err "record --recover .*large.raw -o FILE.trace"
    heapchurn 0 record --recover large.raw -o whole.trace
    [ "$(number whole.trace '[.allocations, .frees, .lost_events] | join(" ")')" = "500000 500000 0" ] ||
        fail "recovered otherwise"
    # In the third chunk of some twenty.
    printf '\377\377' | dd of=large.raw bs=1 seek=$((3 * 65536 + 5000)) conv=notrunc status=none
    heapchurn 3 record --recover large.raw -o part.trace
    says out "^DAMAGED: 1 of [0-9]+ chunks"
    heapchurn 0 trace part.trace
    says out "^NOT WHOLE: "
    says out "^NOT COMPLETE: "
}
