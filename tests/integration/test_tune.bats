#!/usr/bin/env bats
# heapchurn tune as a user meets it: a tiny budget, what is printed and stored, what is refused.
# shellcheck disable=SC2154 # $scratch is of helper.bash
load helper

setup() {
    stand_in_scratch
    cat >tiny.yaml <<'END'
question: What do settings buy?
peers: 2
rounds: 3
mesh: false
drain: pollset
session_blocks: 20
quiet: 0s
released: 0s
END
}

@test "settings are measured, told and stored" {
    [ "$ROW" = glibc ] || skip "the knobs are those of glibc"
    tune out.d 15s -w tiny.yaml -a glibc -k arena_max=1 -k trim_threshold -k mmap_threshold=16384 \
        --seed 1
    says err "^rung 1: 3 settings and the default twice, [0-9]+ blocks,"
    says out "^default again "
    says out "^arena_max=1 "
    says out "^frontier "
    tells out "Weights: memory 50 %"
    tells out "to look at it, open out.d/tune.html"
    grep -q '"environment": "GLIBC_TUNABLES=glibc.malloc.arena_max=1"' out.d/prices.json ||
        fail "prices.json lacks the environment"
    grep -q "<svg" out.d/frontier.svg || fail "no picture"
    grep -q "The frontier" out.d/tune.html || fail "no page"
    heapchurn 0 report out.d/rung-1
    tells out "glibc+arena_max=1"
    heapchurn 0 tune --resume out.d
    says out "^arena_max=1 "
    heapchurn 2 tune -w tiny.yaml -a glibc -o out.d
    tells err "--resume out.d goes on with them"
}

@test "what cannot be tuned is answered before anything runs" {
    heapchurn 2 tune
    tells err "Name a row, and a workload or a program"
    heapchurn 2 tune -w nothing -a "$ROW"
    tells err "nothing"
    heapchurn 2 tune -w tiny.yaml -a nobody
    tells err "nobody"
    heapchurn 2 tune -w tiny.yaml -a "$ROW" -k arena_mux -o none
    [ "$ROW" != glibc ] || tells err "did you mean 'arena_max'?"
    [ ! -e none ] || fail "a folder was made"
}

@test "a budget that is too small, and one that is broken off" {
    [ "$ROW" = glibc ] || skip "the knobs are those of glibc"
    sed 's/^quiet: .*/quiet: 900ms/' tiny.yaml >slow.yaml # one trial takes nearly all of it
    heapchurn 2 tune -w slow.yaml -a glibc -b 1s -o small
    tells err "is too small (give --budget"
    tells err "the default twice and 3 settings in 2 blocks are 10"
    heapchurn 2 tune --resume small -w slow.yaml
    tells err "--resume takes what is measured from what is stored"
    heapchurn 2 tune --resume small --seed 2
    heapchurn 2 tune --resume small --trace x.trace
    tells err "--resume takes what is measured from what is stored"
    heapchurn 2 tune --resume small
    tells err "is too small"
    "$BIN/heapchurn" tune -w tiny.yaml -a glibc -b 60s -o broken >out 2>err </dev/null 3>&- &
    helpers+=($!)
    until [ -e broken/rung-1/run.json ]; do
        kill -0 "${helpers[0]}" 2>/dev/null || fail "it ended by itself"
        read -rt 0.05 <> <(:) || :
    done
    kill -INT "${helpers[0]}"
    status=0
    wait "${helpers[0]}" || status=$?
    exits 3
    tells err "finish it with 'heapchurn tune --resume broken'"
    says out "^default "
}
