#!/usr/bin/env bats
# What a watch says at its end, of processes whose memory is known.
# shellcheck disable=SC2154
load helper
load watch # which sets $watcher

# start WAY: a process that grows by a step, when it is told to.
# shellcheck disable=SC2153 # heapchurn_bats gives WATCHED
start() {
    mkfifo to from
    "$WATCHED" "$1" <to >from &
    watched=$!
    helpers+=("$watched")
    exec 7>to 8<from
    step
    readable=yes
    { : 9<"/proc/$watched/mem"; } 2>/dev/null || readable=no
}

# grow LOOK: a little, and at the fiftieth look that could afford the mappings it is enough.
grow() {
    local fields
    IFS=, read -ra fields < <(tail -n 1 curve.csv)
    [ -n "${fields[12]}" ] || return 0 # lazyfree_bytes
    [ $((whole += 1)) -ne 50 ] || kill -INT "$watcher"
    step
    step
}

# watch_growing WAY ARGUMENT...: a process that grows with the looks at it, however long they take.
watch_growing() {
    start "$1"
    shift
    whole=0
    at_looks grow "$BIN/heapchurn" watch "$watched" --every 50ms -o curve.csv "$@"
    exits 0 'watch'
    exec 7>&- 8<&-
}

step() {
    echo -n g >&7 && read -r -n 1 <&8
}

@test "threads that were never joined" {
    watch_growing stacks
    # With guards inside, from glibc 2.42 and Linux 6.13 on, all stacks are one mapping.
    if ! grep -qE "stack of [0-9.]+ GiB" out; then
        tr -s ' \n' '  ' <out >flat # a thread may be about to end at the last look
        says flat '[0-9.]+ [KM]iB resident each; the process has [0-9]+ threads?: the others were never'
    fi
    says out "^whose memory: outside"
    tells out "outside the allocator, as stacks"
}

@test "shared memory is outside the allocator" {
    watch_growing memfd
    tells out "shared memory: memfd:frame"
    lacks out "^  unmapped: "
    says out "^whose memory: outside"
    tells out "as shared memory (memfd, shmem, tmpfs): no other allocator changes it"
    "$BIN/heapchurn" judge curve.csv >judged
    says judged "^curve.csv outside"
}

@test "memory of open files that nobody maps, which RSS does not show" {
    watch_growing unmapped
    says out "^  unmapped: [0-9]+ memfds or files of /dev/shm that are open and not mapped hold"
    tells out "RSS does not count this, the cgroup does"
}

@test "what was given back lazily is nobody's" {
    watch_growing lazy
    tells out "is LazyFree"
    lacks out "^ *unknown-grows"
}

padding_told() {
    [ "$readable" = yes ] || skip 'the memory of a process that is no child may not be read here'
    tells out "MiB of it padding: pages of zeros that nobody wrote to"
    says out '^ *huge-pages: [0-9.]+ MiB lie in huge pages, at most'
}

huge_pages_or_skip() {
    grep -qE '\[(always|madvise)\]' /sys/kernel/mm/transparent_hugepage/enabled ||
        skip 'there are no transparent huge pages here'
}

@test "padding of huge pages is what nobody wrote to, as a run says it" {
    huge_pages_or_skip
    watch_growing huge
    padding_told
}

@test "padding is looked at though the last look could not afford the mappings" {
    huge_pages_or_skip
    start pieces
    for _ in {1..9}; do step; done
    heapchurn 0 watch "$watched" --every 10ms --for 1s # one look of twenty or more can
    padding_told
    exec 7>&- 8<&-
}

@test "heaps of glibc's arenas are the allocator's" {
    watch_growing arena
    says out "^arenas +[0-9.]+ MiB +[0-9.]+ MiB +\+"
    tells out "heaps of glibc's arenas"
}

@test "a tree is the sum of what its processes have, each listed" {
    watch_growing child --tree
    says out "^ +PID  processes"
    [ "$(grep -c watched_program out)" -ge 20 ] || fail "not every process is listed"
}

@test "one process or many, not both at once" {
    heapchurn 2 watch $$ --tree --smaps
    says err "looks at many processes"
}
