#!/usr/bin/env bats
# scripts/fresh-root: what a command meets in a root, what is left of it, and what is said where no
# root can be had. The root is a tiny one of programs of this machine, made by a stand-in.
load helper

readonly cannot=125

setup_file() {
    share
    mkdir -p "$SHARED"/bin "$SHARED"/tiny/{proc,sys,dev,tmp,etc,root,user,var/cache/apt/archives}
    script "$SHARED/bin/dpkg-query" 'printf "mmdebstrap installed\n"'
    # What mmdebstrap is given last is the tar, then perhaps the archive.
    script "$SHARED/bin/mmdebstrap" "echo \"\$*\" >>$SHARED/asked" \
        "[ -z \"\$FAULT\" ] || { echo \"\$FAULT\" >&2; exit 1; }" \
        "for word; do case \$word in *.tar) tar -C $SHARED/tiny -cf \"\$word\" . ;; esac; done"
    local program
    for program in sh env setpriv id ls cat sleep true; do
        program=$(type -P "$program")
        ldd "$program" | grep -oE '/[^ ]+' | cat - <(echo "$program") |
            xargs -d '\n' cp --parents -Lu -t "$SHARED/tiny"
    done
    printf '%s\n' root:x:0:0::/root:/bin/sh user:x:4242:4242::/user:/bin/sh \
        >"$SHARED/tiny/etc/passwd"
    printf '%s\n' root:x:0: user:x:4242: >"$SHARED/tiny/etc/group"
    mkdir -p "$SHARED/checkout/scripts"
    cp "$SOURCE"/scripts/{fresh-root,install-dependencies,packages.txt} "$SHARED/checkout/scripts"
    commit -q --allow-empty -m first
}

# commit ARGUMENT...: all that is in the little checkout.
commit() {
    git -C "$SHARED/checkout" init -q
    git -C "$SHARED/checkout" add -A
    git -C "$SHARED/checkout" -c user.name=test -c user.email=test@localhost commit "$@"
}

# shellcheck disable=SC2154 # scratch is of stand_in_scratch
setup() {
    stand_in_scratch
    export HEAPCHURN_ROOTS=$scratch/roots FAULT='' HEAPCHURN_MIRROR=http://127.0.0.1/debian
    PATH=$SHARED/bin:$PATH
}

# fresh_root STATUS ARGUMENT...: out and err as of heapchurn.
fresh_root() {
    local wanted=$1
    shift
    status=0
    "$SHARED/checkout/scripts/fresh-root" "$@" >out 2>err </dev/null 3>&- || status=$?
    exits "$wanted" "fresh-root $*"
}

# Real roots need a right that not everybody has.
needs_roots() {
    if [ "$(id -u)" != 0 ] || ! unshare --mount --pid --ipc --fork true 2>/dev/null; then
        skip "no right to mount here"
    fi
}

nothing_left() {
    ! compgen -G "$HEAPCHURN_ROOTS/use.*" || fail "a folder is left"
    ! grep -F "$HEAPCHURN_ROOTS" /proc/self/mounts || fail "a mount is left"
}

@test "wrong words" {
    fresh_root 2
    fresh_root 2 bookworm
    fresh_root 2 --nosuch bookworm true
    says err "unknown option '--nosuch'"
    fresh_root 2 ../bookworm true
    says err "is no name of a suite"
    fresh_root 2 bookworm --user true
    says err "options stand before the suite: scripts/fresh-root --user bookworm"
    fresh_root 2 --take build bookworm true
    fresh_root 0 --help
    [ ! -e roots ] || fail "a folder for roots was made"
}

@test "no right" {
    mkdir bin
    script bin/id 'echo 1000'
    PATH=$PWD/bin:$PATH fresh_root $cannot bookworm true
    says err "needs to be root, for mounts: sudo scripts/fresh-root bookworm"
    script bin/id 'echo 0'
    script bin/unshare 'exit 1'
    PATH=$PWD/bin:$PATH fresh_root $cannot bookworm true
    says err "gives no namespaces"
}

# fault SAID WHY: mmdebstrap fails with these words.
fault() {
    FAULT=$1 fresh_root $cannot nosuch true
    says err "fresh-root: no root of nosuch: $2"
    says err "log: $HEAPCHURN_ROOTS/nosuch.log"
    grep -qF "$1" "$HEAPCHURN_ROOTS/nosuch.log" || fail "not in the log"
    nothing_left
    [ ! -e "$HEAPCHURN_ROOTS/nosuch.tar" ] || fail "half a root is left"
}

@test "no such suite, no archive, no room" {
    needs_roots
    fault "E: The repository 'http://a nosuch Release' does not have a Release file." \
        "the archive has no suite 'nosuch'"
    fault "E: Could not resolve 'archive'" "the archive cannot be reached"
    fault "tar: No space left on device" "the disk of .* is full"
    fault "E: something else" "E: something else"
    : >file
    HEAPCHURN_ROOTS=$PWD/file/roots fresh_root $cannot bookworm true
    says err "HEAPCHURN_ROOTS names another place"
}

@test "what a command meets" {
    needs_roots
    fresh_root 7 bookworm sh -c 'id -u; env; ls; cat scripts/fresh-root >/dev/null && exit 7'
    says out '^0$'
    says out '^HOME=/root$'
    says out '^scripts$'
    lacks out '^HEAPCHURN'
    says err 'making a root of bookworm'
    fresh_root 0 --user bookworm sh -c 'id -u; env; echo its >own; echo $$'
    says out '^4242$'
    says out '^HOME=/user$'
    lacks err making
    fresh_root 0 --take given=taken bookworm sh -c 'echo text >given'
    [ "$(cat taken)" = text ]
    nothing_left
}

@test "the files as committed, or as they lie there" {
    needs_roots
    echo committed >"$SHARED/checkout/file"
    echo gone >"$SHARED/checkout/gone"
    commit -q -m second
    echo changed >"$SHARED/checkout/file"
    echo new >"$SHARED/checkout/other"
    rm "$SHARED/checkout/gone"
    fresh_root 0 bookworm sh -c 'cat file; ls'
    says out '^committed$'
    says out '^gone$'
    lacks out '^other$'
    fresh_root 0 --working-tree bookworm sh -c 'cat file; ls'
    says out '^changed$'
    says out '^other$'
    lacks out '^gone$'
    git -C "$SHARED/checkout" reset -q --hard
}

@test "packages that came into one root are in the next" {
    needs_roots
    fresh_root 0 bookworm sh -c 'echo package >/var/cache/apt/archives/a_1_all.deb'
    fresh_root 0 bookworm cat /var/cache/apt/archives/a_1_all.deb
    says out '^package$'
}

@test "a root of last week is made anew, or used where that cannot be" {
    needs_roots
    fresh_root 0 bookworm true
    touch -d '8 days ago' roots/bookworm.tar
    FAULT="E: Could not resolve 'archive'" fresh_root 0 bookworm true
    says err 'no new root of bookworm: the archive cannot be reached.*; going on with that of'
    fresh_root 0 bookworm true
    says err 'making a root'
    fresh_root 0 bookworm true
    lacks err 'making a root'
}

# started SIGNAL: a command that would last is under way, then its fresh-root gets SIGNAL.
interrupted_by() {
    local mark=$$.$RANDOM
    mkfifo began
    "$SHARED/checkout/scripts/fresh-root" bookworm sh -c "echo yes; exec sleep 9999.$mark" >began 2>err 3>&- &
    local pid=$!
    helpers+=("$pid")
    read -r <began
    kill -s "$1" "$pid"
    status=0
    wait "$pid" || status=$?
    rm began
    # The kernel ends them when their parent is gone; a killed one cannot wait for that.
    timeout 10 sh -c "while pgrep -f 'sleep 9999.$mark' >/dev/null; do :; done" ||
        gone "sleep 9999.$mark"
}

@test "an interrupted one leaves nothing behind" {
    needs_roots
    interrupted_by TERM
    exits 143
    nothing_left
    interrupted_by KILL
    exits 137
    fresh_root 0 bookworm true # which sweeps up
    nothing_left
}
