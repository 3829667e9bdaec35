#!/usr/bin/env bats
# The peer of discovery as a program of the user's, preloaded, has the figures of the peer that is
# linked against its allocator, in short; `make check-preload` is the long one. A peer that holds
# more under the preload is found by it.
load helper

# checks STATUS BIN ROW...
checks() {
    local wanted=$1 bin=$2
    shift 2
    status=0
    "$SOURCE/scripts/check-preload" -b "$bin" -r 1 -n 24 -g 15 -l 5 "$@" >out 2>err 3>&- || status=$?
    exits "$wanted" "check-preload $*"
}

rows() {
    rows=()
    for row in "$@"; do [ ! -x "$BIN/peer-$row" ] || rows+=("$row"); done
}

@test "the figures are the same" {
    rows glibc jemalloc
    checks 0 "$BIN" "${rows[@]}"
    for row in "${rows[@]}"; do
        says out "^$row rss_anon_end_bytes: .*: the same$"
        says out "^$row live_bytes_per_cycle: linked [0-9.]+, preloaded [0-9.]+ B/cycle: the same$"
    done
}

@test "a peer that loses 4000 bytes a cycle when it is preloaded is not the same" {
    rows jemalloc tcmalloc
    [ -n "${rows[*]}" ] || skip "neither jemalloc nor tcmalloc is here"
    mkdir bin
    ln -s "$BIN"/* bin
    script bin/peer-glibc "exec '$BIN/peer-glibc' --leak-bytes 4000 \"\$@\""
    checks 1 bin "${rows[0]}"
    says out "^${rows[0]} live_bytes_per_cycle: .*: DIFFERENT$"
}
