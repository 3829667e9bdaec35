#!/usr/bin/env bats
# What a watch says at its end, of processes whose memory is known.
load helper

# shellcheck disable=SC2153 # heapchurn_bats gives it
# watch_growing WAY ARGUMENT...: a process that grows as long as it is watched.
watch_growing() {
    local way=$1
    shift
    mkfifo to from
    "$WATCHED" "$way" <to >from &
    watched=$!
    helpers+=("$watched")
    exec 7>to 8<from
    step
    while step 2>/dev/null; do sleep 0.02; done &
    helpers+=($!)
    "$BIN/heapchurn" watch "$watched" --every 50ms --for 3s -o curve.csv "$@" >out 2>err </dev/null
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
        says flat '(8|7[.]9[0-9]) KiB resident each; the process has [0-9]+ threads?: the others were never'
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

@test "padding of huge pages is what nobody wrote to, as a run says it" {
    grep -qE '\[(always|madvise)\]' /sys/kernel/mm/transparent_hugepage/enabled ||
        skip 'there are no transparent huge pages here'
    watch_growing huge
    says out '[0-9.]+ MiB lie in huge pages, at most [0-9.]+ MiB of it padding: pages of'
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
