#!/usr/bin/env bats
# Passes as a user meets them: every leak tool finds exactly what was lost, a tool that is broken is
# a sentence and harms nothing, --no-passes and --resume, and a row of one's own.
load helper

setup() {
    stand_in_scratch
    workload lossy.yaml "peers: 4" "rounds: 20" "leak_bytes: 1000 B" "quiet: 20ms" "released: 20ms"
}

run_lossy() { heapchurn 0 run -w lossy.yaml -r 1 "$@"; }

here() { [ -x "$BIN/peer-$1" ] || skip "$1 is not here"; }

@test "no tool of any allocator misses a block" {
    local row rows=(-a "$scratch/glibc+two.yaml" -a "$SOURCE/rows/glibc+notcache.yaml")
    printf 'base: glibc\nenvironment: MALLOC_ARENA_MAX=2\nreason: two arenas\n' >glibc+two.yaml
    for row in glibc tcmalloc jemalloc+prof mimalloc+decommit0; do
        [ ! -x "$BIN/peer-${row%%+*}" ] || rows+=(-a "$row")
    done
    run_lossy "${rows[@]}" -o all
    lacks out "but [a-z_]+ says"
    says out "the peer lost 64 blocks"
    grep -E 'blocks (not freed|unreachable)' err >counts # leak tools were run
    grep -v ': 64 blocks ' counts >others || :
    lacks others .
    lacks err "ledger: not available"
    says out '^glibc\+two '
    lacks out "do not rely on its live"
    tells out "agree, within what each is known to add, on tcmalloc and all rows of glibc"
    # Without thread caches glibc's count is exact but for its records.
    says out '^glibc\+notcache .* \+[1-4]\.[0-9]+ KiB *$'
    cat all/trials/*-glibc+two-a1/trial.json >two
    says two '2 \(MALLOC_ARENA_MAX\)'
    if compgen -G "all/trials/*mimalloc+decommit0*" >/dev/null; then
        # The option has another name in other versions; the one in force must be there, and be 0.
        grep -hA1 -E '"name": "(decommit|purge)_delay"' all/trials/*-mimalloc+decommit0-a1/trial.json \
            >delay
        says delay '"value": "0"'
    fi
}

@test "no passes, and a resume that runs what is missing" {
    run_lossy --no-passes -a glibc -o none
    [ ! -e none/passes ]
    heapchurn 0 run --resume none
    [ -e none/passes/lossy~glibc~mtrace/pass.json ]
    [ -e none/passes/lossy~glibc~ledger/pass.json ]
    rm -r none/passes/lossy~glibc~ledger
    heapchurn 0 run --resume none
    [ -e none/passes/lossy~glibc~ledger/pass.json ]
    lacks err mtrace
}

# The loader says so, and the subject runs without it.
@test "a broken ledger harms nothing" {
    programs programs {peer,proxy}-glibc churner
    echo "not a library" >programs/libledger.so
    run_lossy -a glibc -o broken --programs programs
    says err "glibc ledger: not available: the ledger did not answer"
}

# Under every tool, but only there. The ledger comes before its shell, too.
@test "a subject that is killed in its passes harms nothing" {
    programs killed proxy-glibc churner libledger.so
    # shellcheck disable=SC2016 # for the shell that runs it
    script killed/peer-glibc '[ -z "$HEAPCHURN_TOOL" ] || kill -9 $$' \
        "exec '$BIN/peer-glibc' \"\$@\""
    run_lossy -a glibc -o dead --programs killed
    says err "glibc mtrace: not available: .*killed by signal 9"
    says out '^glibc +n/a.* +n/a' # never 0
}

@test "a profiler's viewer that is not installed" {
    here jemalloc
    PATH=/nowhere run_without_path
    says out "no call sites: jeprof is not installed; Debian:"
}

run_without_path() {
    "$BIN/heapchurn" run -w lossy.yaml -a jemalloc -r 1 -o run >out 2>err </dev/null 3>&-
}

# After the first dump, in a folder whose name is a pattern: nothing of it is read later.
@test "interrupted in a profiler's pass" {
    here jemalloc
    local dir="r[1]" pid
    programs hanging {peer,proxy}-jemalloc
    ln -s "$FAKE_SUBJECT" hanging/churner
    printf 'churner:round:hang' >hanging/fault
    run_lossy --no-passes -a jemalloc -o "$dir"
    "$BIN/heapchurn" run --resume "$dir" --programs hanging >out 2>err </dev/null 3>&- &
    pid=$!
    helpers+=($!)
    until compgen -G "r?1?/passes/*/je.*.m0.heap" >stale; do
        kill -0 "$pid"
        read -rt 0.02 <> <(:) || :
    done
    kill -INT "$pid"
    wait "$pid" || :
    [ -s stale ]
    heapchurn 0 run --resume "$dir"
    [ ! -e "$(cat stale)" ]
    compgen -G "r?1?/passes/*/je.*.heap" >dumps
    [ "$(wc -l <dumps)" -eq 3 ]
    says err 'jemalloc jemalloc-prof: 64 blocks not freed'
    says "$dir/passes/lossy~jemalloc~jemalloc-prof/pass.json" '"function": "loss_make"'
}

@test "a folder of any name can be written and read" {
    run_lossy --no-passes -a glibc -o $'r\xe9s'
    heapchurn 0 report $'r\xe9s'
}

@test "what is unknown is answered with the nearest" {
    heapchurn 2 run --leak-tool heapchek
    says err "did you mean 'heapcheck'"
    printf 'base: glib\nenvironment: A=1\nreason: x\n' >wrong.yaml
    heapchurn 2 run -a wrong.yaml
    says err "unknown row 'glib' \(did you mean 'glibc'"
}

@test "the example row is one" {
    here jemalloc
    run_lossy --no-passes -a "$SOURCE/rows/jemalloc+arena1.yaml" -o example
}
