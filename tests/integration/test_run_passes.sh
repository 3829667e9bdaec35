#!/usr/bin/env bash
# Passes as a user meets them: every leak tool finds exactly what was lost, a tool that is broken is
# a sentence and harms nothing, --no-passes and --resume, and a row of one's own.
#
#     test_run_passes.sh BIN_DIR SOURCE_DIR FAKE_SUBJECT
set -u
bin=$(realpath "$1")
source=$(realpath "$2")
fake=$(realpath "$3")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
tests=0

check() { # NAME COMMAND...: the command must succeed
    local name=$1
    shift
    tests=$((tests + 1))
    "$@" || {
        echo "FAILED: $name"
        failed=$((failed + 1))
    }
}

run() {
    "$bin/heapchurn" run "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
}

holds() { grep -qE -- "$2" "$1"; }
lacks() { ! grep -qE -- "$2" "$1"; }

cat >"$scratch/lossy.yaml" <<'YAML'
question: Is each lost block found?
load: rounds
peers: 4
rounds: 20
mesh: false
drain: pollset
leak_bytes: 1000 B
quiet: 20ms
released: 20ms
YAML
printf 'base: glibc\nenvironment: MALLOC_ARENA_MAX=2\nreason: two arenas\n' >"$scratch/glibc+two.yaml"

rows=(-a "$scratch/glibc+two.yaml" -a "$source/rows/glibc+notcache.yaml")
for row in glibc tcmalloc jemalloc+prof mimalloc+decommit0; do
    [ ! -x "$bin/peer-${row%%+*}" ] || rows+=(-a "$row")
done
check "a row of each allocator runs" run -w "$scratch/lossy.yaml" "${rows[@]}" -r 1 -o "$scratch/all"
check "no tool misses a block" lacks "$scratch/out" "but [a-z_]+ says"
check "the control is said" holds "$scratch/out" "the peer lost 64 blocks"
grep -E 'blocks (not freed|unreachable)' "$scratch/err" >"$scratch/counts"
check "leak tools were run" test -s "$scratch/counts"
check "each of them reads 64" lacks <(grep -v ': 64 blocks ' "$scratch/counts") .
check "the ledger stood before each" lacks "$scratch/err" "ledger: not available"
check "a row of one's own is there" holds "$scratch/out" '^glibc\+two '
check "no own count is off the ledger's" lacks "$scratch/out" "do not rely on its live"
check "and it was held against it" holds <(tr -s ' \n' ' ' <"$scratch/out") \
    'agree, within what each is known to add, on glibc\+two, glibc\+notcache'
check "without thread caches glibc's count is exact but for its records" \
    holds "$scratch/out" '^glibc\+notcache .* \+[1-4]\.[0-9]+ KiB *$'
check "its variable is in force" holds "$scratch"/all/trials/*-glibc+two-a1/trial.json '2 \(MALLOC_ARENA_MAX\)'
if compgen -G "$scratch/all/trials/*mimalloc+decommit0*" >/dev/null; then
    # The option has another name in other versions; the one in force must be there, and be 0.
    grep -hA1 -E '"name": "(decommit|purge)_delay"' "$scratch"/all/trials/*-mimalloc+decommit0-a1/trial.json \
        >"$scratch/delay"
    check "decommit0 took effect" holds "$scratch/delay" '"value": "0"'
fi

check "no passes" run --no-passes -w "$scratch/lossy.yaml" -a glibc -r 1 -o "$scratch/none"
check "none was run" test ! -e "$scratch/none/passes"
check "resume runs them" run --resume "$scratch/none"
check "both" test -e "$scratch/none/passes/lossy~glibc~mtrace/pass.json" -a \
    -e "$scratch/none/passes/lossy~glibc~ledger/pass.json"
rm -r "$scratch/none/passes/lossy~glibc~ledger"
check "resume again" run --resume "$scratch/none"
check "only what is missing" lacks "$scratch/err" "mtrace"

# A broken ledger: the loader says so and the subject runs without it.
mkdir "$scratch/programs"
ln -s "$bin"/{peer,proxy}-glibc "$bin/churner" "$scratch/programs/"
echo "not a library" >"$scratch/programs/libledger.so"
check "a broken ledger harms nothing" \
    run -w "$scratch/lossy.yaml" -a glibc -r 1 -o "$scratch/broken" --programs "$scratch/programs"
check "and is a sentence" holds "$scratch/err" "glibc ledger: not available: the ledger did not answer"

# A peer that is killed under every tool, but only there. The ledger comes before its shell, too.
mkdir "$scratch/killed"
ln -s "$bin"/{proxy-glibc,churner,libledger.so} "$scratch/killed/"
cat >"$scratch/killed/peer-glibc" <<SH
#!/bin/sh
[ -z "\$HEAPCHURN_TOOL" ] || kill -9 \$\$
exec "$bin/peer-glibc" "\$@"
SH
chmod +x "$scratch/killed/peer-glibc"
check "a subject killed in its passes harms nothing" \
    run -w "$scratch/lossy.yaml" -a glibc -r 1 -o "$scratch/dead" --programs "$scratch/killed"
check "and is a sentence" holds "$scratch/err" "glibc mtrace: not available: .*killed by signal 9"
check "never 0" holds "$scratch/out" '^glibc +n/a.* +n/a'

# A profiler's viewer that is not installed.
if [ -x "$bin/peer-jemalloc" ]; then
    check "no viewer" env PATH=/nowhere "$bin/heapchurn" run -w "$scratch/lossy.yaml" -a jemalloc -r 1 \
        -o "$scratch/no-viewer" >"$scratch/out" 2>"$scratch/err"
    check "and is a sentence" holds "$scratch/out" "no call sites: jeprof is not installed; Debian:"
fi

# Interrupted after the first dump, in a folder whose name is a pattern: nothing of it is read later.
if [ -x "$bin/peer-jemalloc" ]; then
    dir="$scratch/r[1]"
    mkdir "$scratch/hanging"
    ln -s "$bin"/{peer,proxy}-jemalloc "$scratch/hanging/"
    ln -s "$fake" "$scratch/hanging/churner"
    printf 'churner:round:hang' >"$scratch/hanging/fault"
    check "measured" run --no-passes -w "$scratch/lossy.yaml" -a jemalloc -r 1 -o "$dir"
    "$bin/heapchurn" run --resume "$dir" --programs "$scratch/hanging" >"$scratch/out" 2>&1 </dev/null &
    pid=$!
    until compgen -G "$scratch/r?1?/passes/*/je.*.m0.heap" >"$scratch/stale"; do
        kill -0 "$pid" 2>/dev/null || break
        read -rt 0.02 <> <(:) || :
    done
    kill -INT "$pid"
    wait "$pid"
    check "a dump was left behind" test -s "$scratch/stale"
    check "the pass is carried out again" run --resume "$dir"
    check "its dump is gone" test ! -e "$(cat "$scratch/stale")"
    compgen -G "$scratch/r?1?/passes/*/je.*.heap" >"$scratch/dumps"
    check "three are there" test "$(wc -l <"$scratch/dumps")" = 3
    check "what it lost is found" holds "$scratch/err" 'jemalloc prof_leak: 64 blocks not freed'
    check "and where" holds "$dir/passes/lossy~jemalloc~prof_leak/pass.json" '"function": "loss_make"'
fi

check "a folder of any name" run --no-passes -w "$scratch/lossy.yaml" -a glibc -r 1 -o "$scratch/"$'r\xe9s'
check "can be read" "$bin/heapchurn" report "$scratch/"$'r\xe9s' >/dev/null

check "an unknown tool is refused" bash -c \
    "'$bin/heapchurn' run --leak-tool heapchek 2>&1 >/dev/null | grep -q \"did you mean 'heapcheck'\""
printf 'base: glib\nenvironment: A=1\nreason: x\n' >"$scratch/wrong.yaml"
check "an unknown base is refused" bash -c \
    "'$bin/heapchurn' run -a '$scratch/wrong.yaml' 2>&1 >/dev/null | grep -q \"unknown row 'glib' (did you mean 'glibc'\""
check "the example row is one" run --no-passes -w "$scratch/lossy.yaml" -a "$source/rows/jemalloc+arena1.yaml" \
    -r 1 -o "$scratch/example"

echo "$((tests - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
