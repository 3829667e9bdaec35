#!/usr/bin/env bats
# An installation as a user meets it: put somewhere, moved, used from any folder by anybody.
load helper

# $SHARED/prefix is an installation that was moved after it was made.
setup_file() {
    share
    chmod 755 "$SHARED"
    DESTDIR=$SHARED/root cmake --install "$BIN/.." --prefix /opt/made >"$SHARED/log"
    cd "$SHARED" && mv root/opt/made prefix
}

# installed STATUS ARGUMENT...: as heapchurn, but the installed one, as an ordinary user, with none
# of our variables.
installed() {
    local wanted=$1 as=()
    shift
    [ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    status=0
    env -i PATH=/usr/bin:/bin HOME=/nonexistent ${HEAPCHURN_PREFIX:+"HEAPCHURN_PREFIX=$HEAPCHURN_PREFIX"} \
        "${as[@]}" "$SHARED/prefix/bin/heapchurn" "$@" >out 2>err </dev/null 3>&- || status=$?
    exits "$wanted" "heapchurn $*"
}

@test "everything is in its place" {
    local file
    for file in bin/heapchurn libexec/heapchurn/{churner,"peer-$ROW","proxy-$ROW","calibrate-$ROW"} \
        share/heapchurn/{workloads/discovery.yaml,workloads/traces/sqlite.trace,rows,ceilings/discovery-drained.yaml,examples} \
        share/doc/heapchurn/README.md share/man/man1/heapchurn.1 \
        share/bash-completion/completions/heapchurn share/zsh/site-functions/_heapchurn; do
        [ -s "$SHARED/prefix/$file" ] || fail "no $file"
    done
    [ "$(ls "$SHARED/prefix/bin")" = heapchurn ] || fail "bin holds more than heapchurn"
    [ -z "$(find "${SHARED}/root" -type f)" ] || fail "files outside the prefix"
    says "$SHARED/prefix/share/man/man1/heapchurn.1" '^\.SH COMMANDS'
    ! readelf -d "$SHARED/prefix/libexec/heapchurn/"* "$SHARED/prefix/bin/heapchurn" |
        grep -F "${BIN%/bin}" || fail "a program looks for libraries in the build tree"
}

@test "it lists what came with it" {
    installed 0 list
    says out "^\\* $ROW "
    says out '^discovery-drained '
    [ -z "$(cat err)" ] || fail "complains"
}

@test "an ordinary user measures in a folder of their own" {
    chmod 755 .
    mkdir theirs && chmod 777 theirs && cd theirs
    touch out err
    workload short.yaml
    installed 0 run --quick -w "$PWD/short.yaml" -a "$ROW" -r 1
    says out 'Stored in results/[0-9]{8}T[0-9]{6}Z-short'
    local pages=(results/*/report.html)
    [ -s "${pages[0]}" ] || fail "no page"
    instrumented || says out 'own less' # the ledger was found: it counted
    installed 0 report results/*
}

@test "a program of one's own finds the agent" {
    ! instrumented || skip "sanitizers and preloads do not go together"
    chmod 755 .
    mkdir theirs && chmod 777 theirs && cd theirs
    touch out err
    installed 0 run -a "$ROW" -r 1 --no-passes --rounds 2 --load 'sleep 0.1' -- sleep 60
    says out "^$ROW "
    lacks err 'libheapchurn-agent'
}

@test "where a run cannot be written, it says so before it measures" {
    [ "$(id -u)" = 0 ] || skip "only root can stand where an ordinary user may not write"
    chmod 755 .
    installed 3 run -a "$ROW" -r 1
    says err '^heapchurn: results: cannot make this folder: Permission denied; choose another with -o'
}

@test "another prefix" {
    export HEAPCHURN_PREFIX=$PWD/nowhere
    chmod 755 .
    installed 2 list
    says err "HEAPCHURN_PREFIX is '$PWD/nowhere', but .*: No such file or directory"
    HEAPCHURN_PREFIX=$SHARED/prefix
    installed 0 list --names workloads
    says out '^discovery$'
    # The one of the build tree, with the data and programs of that prefix.
    HEAPCHURN_PREFIX=$SHARED/prefix heapchurn 0 list --check discovery
    says out "^$SHARED/prefix/share/heapchurn/workloads/discovery.yaml: good"
}
