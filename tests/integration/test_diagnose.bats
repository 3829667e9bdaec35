#!/usr/bin/env bats
# heapchurn diagnose: exact counts from every tool that is installed, on memory that is lost, held
# and neither. Tools that are not installed are left out, and said; but those that every system has
# (valgrind's, mtrace) must be there.
load helper

setup() {
    stand_in_scratch
    written loses pollset "64 B"
    written clean pollset "0 B"
    written holds none "0 B"
}

# written NAME DRAIN LOSS: a workload.
written() {
    workload "$1.yaml" "peers: 4" "rounds: 50" "drain: $2" "leak_bytes: $3"
}

# diagnose STATUS TEXT ARGUMENT...: exit status, and a part of what it says on either stream; what
# is written goes to the folder run.
diagnose() {
    local wanted=$1 text=$2
    shift 2
    rm -rf run
    heapchurn "$wanted" diagnose -o run "$@"
    cat err >>out
    grep -qF -- "$text" out || fail "$* does not tell: $text"
}

# field TOOL PATH: a value of its diagnosis.json.
field() { json "$2" "run/$1/diagnosis.json"; }

# is TOOL FIELD VALUE
is() {
    [ "$(field "$1" "$2")" = "$3" ] || fail "$1: $2 is $(field "$1" "$2"), not $3"
}

here() {
    "$BIN/heapchurn" diagnose --list >list
    ! grep -qE "^$1 +is not available" list
}

# under TEXT WORKLOAD ROW ROUNDS TOOL...: diagnosed under those tools that are here. Their names are
# in `tools`; the test is skipped when there is none.
under() {
    local text=$1 workload=$2 row=$3 rounds=$4 tool with=()
    shift 4
    tools=()
    for tool; do
        if [ -x "$BIN/peer-$row" ] && here "$tool"; then
            tools+=("$tool")
            with+=(--with "$tool")
        else
            echo "# left out: $tool" >&3
            [[ $tool != @(memcheck|massif|mtrace) ]] ||
                fail "$tool is not here, and was to be tested; scripts/install-dependencies test"
        fi
    done
    [ ${#tools[@]} -gt 0 ] || skip "none of these tools is here"
    diagnose 0 "$text" -w "$workload.yaml" -a "$row" --rounds "$rounds" "${with[@]}"
}

# Exactly what was lost, by every tool that tells of the end.
lost_by() {
    local tool blocks=$((4 * $2))
    under on_joined loses "$@"
    for tool in "${tools[@]}"; do
        is "$tool" lost.blocks "$blocks"
        is "$tool" lost.bytes "$((64 * blocks))"
        is "$tool" lost_on_purpose_blocks "$blocks"
    done
}

@test "what is lost on glibc" { lost_by glibc 12 memcheck massif lsan asan mtrace heaptrack; }
@test "what is lost on tcmalloc" { lost_by tcmalloc 50 heapcheck heapprofile; }
@test "what is lost on jemalloc" { lost_by jemalloc 12 jemalloc-prof; }

# Nothing, of a clean program.
clean_by() {
    local tool
    under "LEFT AT EXIT" clean "$@"
    for tool in "${tools[@]}"; do is "$tool" lost.blocks 0; done
}

@test "nothing is lost on glibc" { clean_by glibc 3 lsan asan; }
@test "nothing is lost on tcmalloc" { clean_by tcmalloc 3 heapcheck; }

# What departed peers leave in an idle PUB, by every tool that tells of live blocks: recognised by
# the names of its calls or, where libzmq has no symbols, by the size of its blocks; and then it is
# said how to get names. It is freed at the end.
held_by() {
    local tool
    under "libzmq issue 3186" holds "$@"
    for tool in "${tools[@]}"; do
        [ "$(field "$tool" known_cause)" != null ] || fail "$tool does not recognise it"
        [ "$(field "$tool" live.blocks)" -gt 200 ] ||
            fail "$tool: $(field "$tool" live.blocks) blocks"
        is "$tool" lost.blocks 0
    done
    says out 'libzmq\.so.* has no symbols|zmq::'
}

@test "what is held on glibc" { held_by glibc 25 memcheck massif heaptrack mtrace; }
@test "what is held on tcmalloc" { held_by tcmalloc 25 heapprofile; }
@test "what is held on jemalloc" { held_by jemalloc 25 jemalloc-prof; }

@test "a build of the peer that is not there" {
    programs programs proxy-glibc peer-glibc churner
    diagnose 2 "peer-lsan was not found; " -w clean.yaml --with lsan --rounds 1 --programs programs
}

@test "a folder that holds another diagnosis" {
    mkdir -p taken/plain
    heapchurn 3 diagnose -o taken -w clean.yaml --with lsan --rounds 1
    tells err "choose another folder with -o"
}

# By a stub: the library does nothing, the program leaves a trace that heaptrack wrote.
@test "bytehound" {
    mkdir bytehound
    cp "$BIN/libledger.so" bytehound/libbytehound.so
    script bytehound/bytehound \
        "[ \"\$1 \$2\" = 'export-heaptrack -o' ] && cp '$DATA/tools/heaptrack.txt' \"\$3\""
    PATH=$PWD/bytehound:$PATH
    diagnose 0 "lose" -w clean.yaml --with bytehound --rounds 1
    says run/bytehound/maps libbytehound.so
    is bytehound lost.blocks 65
}

@test "the allocator's own statistics" {
    local row
    "$BIN/heapchurn" list >rows
    for row in glibc tcmalloc jemalloc mimalloc; do
        [ -x "$BIN/peer-$row" ] || continue
        if grep -qE "^[* ] $row +3\.[01]\." rows; then
            diagnose 2 "statistics is not available: mimalloc 3.0 and 3.1 show nobody the pages" \
                -w clean.yaml -a "$row" --with statistics --rounds 1
            continue
        fi
        diagnose 0 "Where free memory sits" -w clean.yaml -a "$row" --with statistics --rounds 3
        [ "$(field statistics free_memory.0.free_bytes)" -gt 0 ]
    done
}

@test "a tool of another allocator" {
    [ -x "$BIN/peer-tcmalloc" ] || skip "tcmalloc is not here"
    if ! here heapcheck; then
        diagnose 2 "heapcheck is not available: gperftools 2.17 and later have no heap checker" \
            -w clean.yaml -a tcmalloc --with heapcheck --rounds 1
        diagnose 2 "heapcheck is not available: gperftools 2.17" --with heapcheck -- true
    fi
    diagnose 2 "heapcheck belongs to tcmalloc" -w clean.yaml -a glibc --with heapcheck --rounds 1
    here lsan || skip "lsan is not here"
    diagnose 2 "heapcheck belongs to tcmalloc" -w clean.yaml -a glibc --with heapcheck --with lsan \
        --rounds 1
    [ -s run/lsan/diagnosis.json ] # the tool that is here was run
}

@test "wrong words" {
    diagnose 2 "did you mean 'memcheck'" --with memchek
    diagnose 2 "unknown row" -a nosuchrow
    diagnose 2 "one row at a time; 'all' is" -a all
    diagnose 2 "no command stands behind --" --with memcheck --
    diagnose 2 "mtrace is for the programs of this project alone" --with mtrace -- true
}

@test "a command that leaves without its exit handlers is not called clean" {
    here lsan || skip "lsan is not here"
    heapchurn 3 diagnose --with lsan -o command -- sh -c 'exit 7'
    tells err 'exit status 7'
    tells err 'what it lost is not known'
}
