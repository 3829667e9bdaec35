#!/usr/bin/env bats
# scripts/bring-program with what a user has at hand; no network.
# shellcheck disable=SC2154 # $scratch is of helper.bash
load helper

# bring STATUS ARGUMENT...
bring() {
    local wanted=$1
    shift
    status=0
    "$SOURCE/scripts/bring-program" -o "$scratch/made" "$@" >out 2>err </dev/null 3>&- || status=$?
    exits "$wanted" "bring-program $*"
}

# checkout FOLDER MALLOC: what builds as redis does; its server says its version where it was given
# this allocator.
checkout() {
    mkdir -p "$1/src"
    # shellcheck disable=SC2016 # of make
    printf 'redis-server:\n\ttest "$(MALLOC)" = %s\n\tprintf "#!/bin/sh\\necho redis of %s\\n" >$@\n\tchmod 755 $@\n' \
        "$2" "$1" >"$1/src/Makefile"
}

@test "a checkout becomes a program, whose folder is told" {
    checkout redis-9.9.1 libc
    bring 0 redis redis-9.9.1
    [ "$(cat out)" = "$scratch/made/redis-9.9.1" ] || fail "another folder"
    [ "$("$(cat out)/redis-server" --version)" = 'redis of redis-9.9.1' ]
    [ "$(ls -A redis-9.9.1/src)" = Makefile ] || fail "the checkout was written to"
    tells err 'made of redis-9.9.1: redis of redis-9.9.1'
    bring 0 --label mine redis redis-9.9.1
    [ -x made/redis-mine/redis-server ]
}

@test "what cannot be built leaves nothing behind" {
    checkout redis-1 another
    bring 1 redis redis-1
    tells err 'redis could not be built of redis-1'
    [ ! -e made ] || fail 'something was left'
    echo text >archive.tar
    bring 1 redis archive.tar
    tells err 'cannot be unpacked'
}

@test "mistakes of usage" {
    bring 2
    bring 2 postgres
    tells err "no recipe for 'postgres'"
    bring 2 redis ./nowhere
    tells err 'neither a file, a folder nor the name of a release'
    bring 2 --label 'a b' redis
    bring 2 --lable x redis
    bring 0 --help
}
