#!/usr/bin/env bash
# heapchurn diagnose: exact counts from every tool that is installed, on memory that is lost, held and
# neither. Tools that are not installed are left out, and said; but those that every system has
# (valgrind's, mtrace) must be there.
#
#     test_diagnose.sh BIN_DIR
set -u
export LOGNAME=tester USER=tester # as a session has them: vgdb makes names of these
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
    ! "$bin/heapchurn" diagnose --list | grep -qE "^$1 +is not available"
}

workload() {
    cat <<YAML
question: Do the tools count what they should?
load: rounds
peers: 4
rounds: 50
mesh: false
drain: $1
leak_bytes: $2
quiet: 50ms
released: 50ms
YAML
}
workload pollset "64 B" >"$scratch/loses.yaml"
workload pollset "0 B" >"$scratch/clean.yaml"
workload none "0 B" >"$scratch/holds.yaml"

# diagnose_all PATTERN WORKLOAD ROW ROUNDS TOOL...: under those tools that are here. Their names are in
# `tools`, of which there may be none.
diagnose_all() {
    local pattern=$1 workload=$2 row=$3 rounds=$4 tool with=()
    shift 4
    tools=()
    for tool; do
        if [ -x "$bin/peer-$row" ] && here "$tool"; then
            tools+=("$tool")
            with+=(--with "$tool")
        else
            echo "left out: $tool"
            case="$tool on $row"
            [[ $tool != @(memcheck|massif|mtrace) ]] ||
                fail "is not here, and was to be tested; scripts/install-dependencies test"
        fi
    done
    [ ${#tools[@]} -eq 0 ] ||
        diagnose 0 "$pattern" -w "$scratch/$workload.yaml" -a "$row" --rounds "$rounds" "${with[@]}"
}

# is TOOL FIELD VALUE
is() {
    [ "$(field "$1" "$2")" = "$3" ] || fail "$1: $2 is $(field "$1" "$2"), not $3"
}

# Exactly what was lost, by every tool that tells of the end.
lost_by() {
    local tool blocks=$((4 * $2))
    diagnose_all on_joined loses "$@"
    for tool in "${tools[@]}"; do
        is "$tool" lost.blocks "$blocks"
        is "$tool" lost.bytes "$((64 * blocks))"
        is "$tool" lost_on_purpose_blocks "$blocks"
    done
}
lost_by glibc 12 memcheck massif lsan asan mtrace heaptrack
lost_by tcmalloc 50 heapcheck heapprofile
lost_by jemalloc 12 jemalloc-prof

# Nothing, of a clean program.
clean_by() {
    local tool
    diagnose_all "LEFT AT EXIT" clean "$@"
    for tool in "${tools[@]}"; do
        is "$tool" lost.blocks 0
    done
}
clean_by glibc 3 lsan asan
clean_by tcmalloc 3 heapcheck

# What departed peers leave in an idle PUB, by every tool that tells of live blocks: recognised by the
# names of its calls or, where libzmq has no symbols, by the size of its blocks; and then it is said
# how to get names. It is freed at the end.
held_by() {
    local tool
    diagnose_all "libzmq issue 3186" holds "$@"
    for tool in "${tools[@]}"; do
        [ "$(field "$tool" known_cause)" != null ] || fail "$tool does not recognise it"
        [ "$(field "$tool" live.blocks)" -gt 200 ] || fail "$tool: $(field "$tool" live.blocks) blocks"
        is "$tool" lost.blocks 0
    done
    [ ${#tools[@]} -eq 0 ] || grep -qE 'libzmq\.so.* has no symbols|zmq::' "$scratch/out" ||
        fail "neither names nor what brings them"
}
held_by glibc 25 memcheck massif heaptrack mtrace
held_by tcmalloc 25 heapprofile
held_by jemalloc 25 jemalloc-prof

# A build of the peer that is not there; a folder that holds another diagnosis.
mkdir "$scratch/programs"
for program in "$bin"/*; do
    [ "${program##*/}" = peer-lsan ] || ln -s "$program" "$scratch/programs"
done
diagnose 2 "peer-lsan was not found; " -w "$scratch/clean.yaml" --with lsan --rounds 1 \
    --programs "$scratch/programs"
mkdir -p "$scratch/taken/plain"
diagnose 3 "choose another folder with -o" -w "$scratch/clean.yaml" -o "$scratch/taken" \
    --with lsan --rounds 1

# bytehound, by a stub: the library does nothing, the program leaves a trace that heaptrack wrote.
mkdir "$scratch/bytehound"
cp "$bin/libledger.so" "$scratch/bytehound/libbytehound.so"
cat >"$scratch/bytehound/bytehound" <<STUB
#!/bin/sh
[ "\$1 \$2" = "export-heaptrack -o" ] && cp "$(dirname "$0")/../data/tools/heaptrack.txt" "\$3"
STUB
chmod 755 "$scratch/bytehound/bytehound"
old=$PATH
PATH=$scratch/bytehound:$PATH
diagnose 0 "lose" -w "$scratch/clean.yaml" --with bytehound --rounds 1
grep -q libbytehound.so "$dir/bytehound/maps" || fail "its library is not loaded"
is bytehound lost.blocks 65
PATH=$old

# The allocator's own statistics.
for row in glibc tcmalloc jemalloc mimalloc; do
    [ -x "$bin/peer-$row" ] || continue
    if "$bin/heapchurn" list | grep -qE "^[* ] $row +3\.[01]\."; then
        diagnose 2 "statistics is not available: mimalloc 3.0 and 3.1 show nobody the pages" \
            -w "$scratch/clean.yaml" -a "$row" --with statistics --rounds 1
        continue
    fi
    diagnose 0 "Where free memory sits" -w "$scratch/clean.yaml" -a "$row" --with statistics --rounds 3
    [ "$(field statistics free_memory.0.free_bytes)" -gt 0 ] || fail "no free memory"
done

# Wrong words.
diagnose 2 "did you mean 'memcheck'" --with memchek
if here heapcheck; then
    diagnose 2 "heapcheck belongs to tcmalloc" -w "$scratch/clean.yaml" -a glibc --with heapcheck --rounds 1
elif [ -x "$bin/peer-tcmalloc" ]; then
    diagnose 2 "heapcheck is not available: gperftools 2.17 and later have no heap checker" \
        -w "$scratch/clean.yaml" -a tcmalloc --with heapcheck --rounds 1
    diagnose 2 "heapcheck is not available: gperftools 2.17" --with heapcheck -- true
fi
if here lsan && [ -x "$bin/peer-tcmalloc" ]; then
    diagnose 2 "heapcheck belongs to tcmalloc" -w "$scratch/clean.yaml" -a glibc --with heapcheck --with lsan --rounds 1
    [ -s "$dir/lsan/diagnosis.json" ] || fail "the tool that is here was not run"
fi
diagnose 2 "unknown row" -a nosuchrow
diagnose 2 "one row at a time; 'all' is" -a all
diagnose 2 "no command stands behind --" --with memcheck --
diagnose 2 "mtrace is for the programs of this project alone" --with mtrace -- true

# Any command, with the same settings.
if here lsan; then
    case="a command under a tool"
    "$bin/heapchurn" diagnose --with lsan -o "$scratch/command" -- sh -c 'exit 7' \
        >"$scratch/out" 2>&1
    status=$?
    [ "$status" -eq 7 ] || fail "exit status $status, expected the command's own 7"
fi

[ "$failed" -eq 0 ] && echo "all passed"
exit "$failed"
