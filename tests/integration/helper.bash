# What the tests of commands share: `load helper` first. ctest gives BIN (the folder of programs),
# ROW (a row that this build has), FAKE_SUBJECT, WRITE_RUN, DATA (tests/data) and SOURCE.
#
# Each test stands in an empty folder of its own, which goes with it. What a file needs
# once it makes in setup_file(), in $SHARED. A helper that finds something wrong ends the test.
# shellcheck shell=bash disable=SC2034 # tests use what is set here

setup_file() { share; }
teardown_file() { unshare_all; }
setup() { stand_in_scratch; }
teardown() { leave_scratch; }

# A file that defines one of the four calls these.
share() {
    SHARED=$(mktemp -d)
    export SHARED
}
unshare_all() { rm -rf "$SHARED"; }
stand_in_scratch() {
    scratch=$(mktemp -d)
    cd "$scratch" || return
    helpers=()
}
leave_scratch() {
    local pid
    for pid in "${helpers[@]}"; do kill "$pid" 2>/dev/null || :; done
    chmod -R u+w "$scratch"
    rm -rf "$scratch"
}

# fail WHY: with what the command said last.
fail() {
    echo "FAILED: $*"
    for stream in out err; do
        [ ! -s $stream ] || tail -n 20 $stream | sed "s/^/    std$stream: /"
    done
    return 1
}

# heapchurn STATUS ARGUMENT...: must exit with STATUS; what it says goes to the files out and err.
heapchurn() {
    local wanted=$1
    shift
    status=0
    "$BIN/heapchurn" "$@" >out 2>err </dev/null 3>&- || status=$?
    exits "$wanted" "heapchurn $*"
}

# exits STATUS [WHAT]: the command whose $status is known.
exits() {
    [ "$status" -eq "$1" ] || fail "${2:-}: exit status $status, expected $1"
}

# tune FOLDER BUDGET ARGUMENT...: by heapchurn, with what it says that it needs where this machine is
# too slow for that budget.
tune() {
    local folder=$1 budget=$2 needed
    shift 2
    status=0
    "$BIN/heapchurn" tune -o "$folder" -b "$budget" "$@" >out 2>err </dev/null 3>&- || status=$?
    needed=$(tr -s ' \n' '  ' <err | sed -n 's/.* is too small (give --budget \([0-9]*\)s or more).*/\1/p')
    if [ "$status" -eq 2 ] && [ -n "$needed" ]; then
        rm -r "$folder"
        heapchurn 0 tune -o "$folder" -b $((3 * needed))s "$@" # the next trials may be slower still
    fi
    exits 0 "tune $*"
}

# says FILE PATTERN: a line of it has the extended regular expression; lacks: none.
says() { grep -qE -- "$2" "$1" || fail "$1 lacks: $2"; }
lacks() { ! grep -E -- "$2" "$1" || fail "$1 has: $2"; }

# tells FILE TEXT: it holds this text, wherever lines are wrapped.
tells() { tr -s ' \n' '  ' <"$1" | grep -cF -- "$2" >/dev/null || fail "$1 does not tell: $2"; }

# empty FOLDER
empty() { [ -z "$(ls -A "$1")" ] || fail "left in $1: $(ls -A "$1")"; }

# gone PATTERN: no process has it in its command line.
gone() { ! pgrep -af -- "$1" || fail "processes are left"; }

# workload FILE [KEY: VALUE]...: the least of a workload; a key given replaces its line.
workload() {
    local file=$1 line
    shift
    printf '%s\n' 'question: What happens?' 'load: rounds' 'peers: 2' 'rounds: 3' 'mesh: false' \
        'drain: pollset' 'quiet: 50ms' 'released: 50ms' >"$file"
    for line; do
        sed -i "/^${line%%:*}:/d" "$file"
        echo "$line" >>"$file"
    done
}

# programs FOLDER NAME...: links to the real ones there.
programs() {
    local folder=$1 name
    mkdir -p "$folder"
    shift
    for name; do ln -sf "$BIN/$name" "$folder/$name"; done
}

# fake_programs FOLDER FAULT: every name the driver looks for is the fake, which has this fault.
fake_programs() {
    local name
    mkdir -p "$1"
    for name in "peer-$ROW" "proxy-$ROW" churner; do ln -sf "$FAKE_SUBJECT" "$1/$name"; done
    printf '%s' "$2" >"$1/fault"
}

# script PATH LINE...: an executable one.
script() {
    local path=$1
    shift
    rm -f "$path"
    printf '%s\n' '#!/bin/sh' "$@" >"$path"
    chmod 755 "$path"
}

# json PATH FILE: the value there, as in "live.blocks" or "list.0"; null when it has none.
json() {
    perl -MJSON::PP -e 'local $/; my $v = decode_json(<STDIN>);
        $v = ref $v eq "HASH" ? $v->{$_} : $v->[$_] for split /\./, $ARGV[0];
        print defined $v ? $v : "null"' "$1" <"$2"
}

# instrumented: is this the build under sanitizers, which has no other allocator and no ledger?
instrumented() { [ "$ROW" = sanitizer ]; }
