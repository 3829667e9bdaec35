#!/usr/bin/env bats
# Programs whose threads hand each other blocks, recorded once and replayed again and again: no
# deadlock, and each time exactly what was recorded. TIMES=1000 for the whole of it. About 5 s.
load helper

# often PROGRAM: on glibc, and on jemalloc where it is.
often() {
    local times=${TIMES:-20} known calls
    "$BIN/heapchurn" record --no-compare -o t.trace -- "$PROGRAM" "$1" >out 2>err 3>&- || fail "not recorded"
    known=$(sed -n 's/^calls=\([0-9]*\) .*/\1/p' out)
    # malloc and free are a call each; what libc takes for threads comes in addition.
    heapchurn 0 trace t.trace --json
    calls=$(jq '.allocations + .frees' out)
    [ $((calls - known)) -ge 0 ] || fail "$known calls known, $calls recorded"
    [ $((calls - known)) -le 100 ] || fail "$known calls known, $calls recorded"
    [ "$(jq '.foreign_frees >= .allocations / 4' out)" = true ] || fail "few were handed over"
    for allocator in "" libjemalloc.so.2; do
        [ -z "$allocator" ] || LD_PRELOAD=$allocator true 2>&1 | cmp -s - /dev/null || continue
        LD_PRELOAD=$allocator "$REPLAY_OFTEN" t.trace "$times" >out 2>err ||
            fail "on ${allocator:-glibc}: status $?"
        says out "^$times times [0-9]+ calls"
    done
}

@test "four producers and four consumers with a short queue" { often producers; }

@test "a pool of eight workers, whose results the main thread frees" { often pool; }
