#!/usr/bin/env bash
# heapchurn diagnose and isolate: exact counts from every tool that is installed, and what is said
# when a tool is missing, crashes, is forbidden to look, or leaves half a file.
#
#     test_diagnose.sh BIN_DIR
set -u
bin=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
number=0

fail() {
    echo "FAILED: $case: $*"
    sed 's/^/    /' "$scratch/out" | tail -n 25
    failed=$((failed + 1))
}

# diagnose STATUS PATTERN ARGUMENT...: exit status, and a part of what it says.
diagnose() {
    local status=$1 pattern=$2 got
    shift 2
    case="diagnose $*"
    number=$((number + 1))
    dir=$scratch/$number
    "$bin/heapchurn" diagnose -o "$dir" "$@" >"$scratch/out" 2>&1 </dev/null
    got=$?
    [ "$got" -eq "$status" ] || fail "exit status $got, expected $status"
    grep -qF -- "$pattern" "$scratch/out" || fail "lacks: $pattern"
}

# field TOOL PATH: a value of its diagnosis.json.
field() {
    perl -MJSON::PP -e 'local $/; my $v = decode_json(<STDIN>);
        $v = ref $v eq "HASH" ? $v->{$_} : $v->[$_] for split /\./, $ARGV[0];
        print defined $v ? $v : "null"' "$2" <"$dir/$1/diagnosis.json"
}

here() {
    ! "$bin/heapchurn" diagnose --list | grep -q "^$1 is not available"
}

cat >"$scratch/loses.yaml" <<'YAML'
question: Are 12 lost blocks found?
load: rounds
peers: 4
rounds: 3
mesh: false
drain: pollset
leak_bytes: 64 B
quiet: 50ms
released: 50ms
YAML
sed 's/leak_bytes: 64 B/leak_bytes: 0 B/' "$scratch/loses.yaml" >"$scratch/clean.yaml"

# Every tool that tells of lost blocks: exactly those that were lost, and none of a clean program.
lost_by() {
    local row=$1 tool with=()
    shift
    [ -x "$bin/peer-$row" ] || return 0
    for tool; do
        if here "$tool"; then with+=(--with "$tool"); else echo "left out: $tool"; fi
    done
    [ ${#with[@]} -gt 0 ] || return 0
    diagnose 0 "on_joined" -w "$scratch/loses.yaml" -a "$row" "${with[@]}" --rounds 3
    for tool in "$dir"/*/diagnosis.json; do
        tool=$(basename "$(dirname "$tool")")
        [ "$(field "$tool" lost.blocks)" = 12 ] || fail "$tool: $(field "$tool" lost.blocks), not 12"
        [ "$(field "$tool" lost.bytes)" = 768 ] || fail "$tool: $(field "$tool" lost.bytes) B, not 768"
        [ "$(field "$tool" lost_on_purpose_blocks)" = 12 ] || fail "$tool: the peer lost another number"
    done
    diagnose 0 "LEFT AT EXIT" -w "$scratch/clean.yaml" -a "$row" "${with[@]}" --rounds 3
    for tool in "$dir"/*/diagnosis.json; do
        tool=$(basename "$(dirname "$tool")")
        [ "$(field "$tool" lost.blocks)" = 0 ] || fail "$tool: $(field "$tool" lost.blocks) blocks, none lost"
    done
}
lost_by glibc memcheck massif lsan asan mtrace heaptrack
lost_by tcmalloc heapcheck heapprofile
lost_by jemalloc jemalloc-prof

# The allocator's own statistics.
for row in glibc tcmalloc jemalloc mimalloc; do
    [ -x "$bin/peer-$row" ] || continue
    diagnose 0 "Where free memory sits" -w "$scratch/clean.yaml" -a "$row" --with statistics --rounds 3
    [ "$(field statistics free_memory.0.free_bytes)" -gt 0 ] || fail "no free memory"
done

# Wrong words.
diagnose 2 "did you mean 'memcheck'" --with memchek
diagnose 2 "heapcheck belongs to tcmalloc" -w "$scratch/clean.yaml" -a glibc --with heapcheck --rounds 1
diagnose 2 "unknown row" -a nosuchrow
diagnose 2 "a command needs one tool" -- true

# A tool that is missing, dies, may not look, leaves half a file.
with_fake() {
    mkdir -p "$scratch/fake"
    rm -f "$scratch/fake/"*
    while [ $# -gt 0 ]; do
        printf '#!/bin/sh\n%s\n' "$2" >"$scratch/fake/$1"
        chmod 755 "$scratch/fake/$1"
        shift 2
    done
}
if here memcheck; then
    real=$(command -v valgrind)
    old=$PATH
    with_fake valgrind 'kill -SEGV $$'
    PATH=$scratch/fake:$old
    diagnose 3 "ended too early" -w "$scratch/loses.yaml" --with memcheck --rounds 1
    [ -e "$dir/memcheck/peer.log" ] || fail "the log is not kept"
    with_fake vgdb 'echo "vgdb: ptrace: Operation not permitted" >&2; exit 1'
    diagnose 0 "vgdb: ptrace: Operation not" -w "$scratch/loses.yaml" --with memcheck --rounds 1
    [ "$(field memcheck live.blocks)" = null ] || fail "live is told"
    [ "$(field memcheck lost.blocks)" = 4 ] || fail "lost is not told"
    with_fake valgrind "for word; do case \$word in --log-file=*) log=\${word#*=} ;; esac; done
case \$log in *memcheck*) set -- --log-file=/dev/null \"\$@\" ;; esac
printf '==1== 64 bytes in 1 blocks are' >\"\$log\"
for word; do shift; case \$word in --log-file=\$log) ;; *) set -- \"\$@\" \"\$word\" ;; esac; done
exec $real \"\$@\""
    diagnose 0 "did not come to the end of" -w "$scratch/loses.yaml" --with memcheck \
        --rounds 1
    [ "$(field memcheck lost.blocks)" = null ] || fail "half a file is told as whole"
    PATH=$old
fi

# Any command, with the same settings.
if here lsan; then
    case="a command under a tool"
    "$bin/heapchurn" diagnose --with lsan -o "$scratch/command" -- sh -c 'exit 7' \
        >"$scratch/out" 2>&1
    status=$?
    [ "$status" -eq 7 ] || fail "exit status $status, expected the command's own 7"
fi

# Which step grows.
case=isolate
if "$bin/heapchurn" isolate -a glibc >"$scratch/out" 2>&1; then
    grep -qE '^On glibc connect-only grows undrained by .* per step, no step grows drained\.$' \
        "$scratch/out" || fail "does not name connect-only alone"
else
    fail "exit status $?"
fi

[ "$failed" -eq 0 ] && echo "all passed"
exit "$failed"
