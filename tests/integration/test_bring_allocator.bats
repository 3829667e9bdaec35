#!/usr/bin/env bats
# scripts/bring-allocator with what a user has at hand; no network.
# shellcheck disable=SC2154 # $scratch is of helper.bash
load helper

# bring STATUS ARGUMENT...
bring() {
    local wanted=$1
    shift
    status=0
    "$SOURCE/scripts/bring-allocator" -o "$scratch/made" -r "$scratch/rows" "$@" \
        >out 2>err </dev/null 3>&- || status=$?
    exits "$wanted" "bring-allocator $*"
}

# checkout FOLDER TEXT: the least that the recipe of rpmalloc builds.
checkout() {
    mkdir -p "$1/rpmalloc"
    echo "$2" >"$1/rpmalloc/rpmalloc.c"
}

@test "a checkout becomes a library and a row" {
    checkout rpmalloc-1.2.3 'int probe(void); int probe(void) { return 7; }'
    bring 0 rpmalloc rpmalloc-1.2.3
    library=$(realpath made/rpmalloc-1.2.3/librpmalloc.so)
    nm -D "$library" | grep -q ' T probe$' || fail "not what was built"
    says rows/rpmalloc@1.2.3.yaml "^library: $library\$"
    says rows/rpmalloc@1.2.3.yaml '^allocator: rpmalloc$'
    says rows/rpmalloc@1.2.3.yaml '^label: 1.2.3$'
    says out '^label: 1.2.3$'
    # The line that it prints names the row as heapchurn finds it.
    says err 'heapchurn run -a rpmalloc -a .*rows/rpmalloc@1.2.3.yaml measures'
    HEAPCHURN_ROW_DIR=$scratch/rows "$BIN/heapchurn" list >listed
    says listed '^  rpmalloc@1.2.3 +- +unavailable: .*/librpmalloc.so brings no malloc'
    [ "$(ls rpmalloc-1.2.3)" = rpmalloc ] || fail "the checkout was written to"
    bring 0 --label mine rpmalloc rpmalloc-1.2.3
    [ -e rows/rpmalloc@mine.yaml ] || fail "no row of that label"
}

@test "a tarball, too" {
    checkout rpmalloc-2.0 'int probe(void); int probe(void) { return 7; }'
    tar -czf rpmalloc-2.0.1.tar.gz rpmalloc-2.0
    bring 0 rpmalloc rpmalloc-2.0.1.tar.gz
    says rows/rpmalloc@2.0.1.yaml 'rpmalloc-2.0.1/librpmalloc.so$'
}

@test "what cannot be built leaves nothing behind" {
    checkout broken 'this is no C'
    bring 1 rpmalloc broken
    tells err 'could not be built'
    [ ! -e made ] && [ ! -e rows ] || fail 'something was left'
    echo text >archive.tar
    bring 1 rpmalloc archive.tar
    tells err 'cannot be unpacked'
    checkout absent 'int gone(void); int probe(void); int probe(void) { return gone(); }'
    bring 1 rpmalloc absent
    tells err 'does not load'
}

# An archive that lists a source package and lacks a part of it.
@test "a release whose changes by Debian are gone" {
    checkout librpmalloc-7.8.9 'int probe(void); int probe(void) { return 7; }'
    tar -czf librpmalloc_7.8.9.orig.tar.gz librpmalloc-7.8.9
    mkdir apt
    cat >apt/apt-get <<'END'
#!/bin/sh
case "$*" in
indextargets*) echo "Debian Debian main http://nowhere.invalid/" ;;
*' source '*--tar-only*) cp "$ORIGINAL" . ;;
*' source '*) echo 'E: Failed to fetch it: 404 Not Found' >&2 && exit 100 ;;
esac
END
    printf '#!/bin/sh\necho Version: 7.8.9-2\n' >apt/apt-cache
    chmod +x apt/apt-get apt/apt-cache
    ORIGINAL=$PWD/librpmalloc_7.8.9.orig.tar.gz PATH=$PWD/apt:$PATH bring 0 rpmalloc trixie
    says rows/rpmalloc@7.8.9.yaml 'source package librpmalloc 7.8.9-2, without Debian.s changes'
    ORIGINAL=nowhere PATH=$PWD/apt:$PATH bring 1 --label none rpmalloc trixie
    tells err 'the source package librpmalloc of trixie cannot be had: E: Failed to fetch it: 404'
}

@test "mistakes of usage" {
    bring 2
    bring 2 nedmalloc
    tells err "no recipe for 'nedmalloc'"
    bring 2 rpmalloc ./nowhere
    tells err 'neither a file, a folder nor the name of a release'
    bring 2 --label 'a b' rpmalloc
    bring 2 --label
    bring 2 --lable x rpmalloc
    bring 0 --help
}
