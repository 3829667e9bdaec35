#!/usr/bin/env bash
# heapchurn check, ceilings and compare as continuous integration meets them: what passes, what
# fails, what is undecided, and that nothing wrong in a file is a silent pass.
#
#     test_gate_command.sh BIN_DIR WRITE_RUN DATA_DIR
set -u
bin=$(realpath "$1")
write_run=$(realpath "$2")
data=$(realpath "$3")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY
failed=0
tests=0

fail() {
    echo "FAILED: $case: $*"
    sed 's/^/    stdout: /' out | tail -n 5
    sed 's/^/    stderr: /' err | tail -n 5
    failed=$((failed + 1))
}

run() {
    case="$*"
    "$bin/heapchurn" "$@" >out 2>err </dev/null
    status=$?
}

# expect STATUS PATTERN [FILE]: of the command that ran last; FILE is out or err.
expect() {
    tests=$((tests + 1))
    [ "$status" -eq "$1" ] || fail "exit status $status, expected $1"
    tr -s ' \n' ' ' <"${3:-out}" | grep -qF -- "$2" || fail "not said: $2"
}

for kind in drained leaking grown; do
    for blocks in 1 3 6 10; do "$write_run" "$kind-$blocks" "$kind" "$blocks" || exit 1; done
done

# Ceilings from a measured run; what passes them and what does not.
run ceilings drained-10 -o ceilings.yaml
expect 0 "mean + k sd" ceilings.yaml
run ceilings drained-3
expect 3 "has 3 valid blocks; a ceiling takes 10" err
run ceilings drained-10 -a tcmalloc
expect 2 "row 'tcmalloc' is not in this run" err
run check drained-3
expect 0 "The gate passes"
run check drained-3 --ceilings ceilings.yaml
expect 0 "The gate passes"
run check leaking-3 --ceilings ceilings.yaml
expect 1 "FAIL discovery-drained, glibc, peer: no leak: leak: live rises 35.2 kB per cycle"
run check grown-3 --ceilings ceilings.yaml
expect 3 "undecided, which is no pass"
run check grown-6 --ceilings ceilings.yaml
expect 1 "in 6 of 6 blocks"
run check drained-1 --ceilings ceilings.yaml
expect 3 "3 blocks are needed"

# Against a baseline.
run check drained-6 --baseline drained-10
expect 0 "The gate passes"
run check grown-6 --baseline drained-10
expect 1 "rss_anon_plateau_bytes regression"
run check grown-3 --baseline drained-10
expect 3 "more blocks decide"
run check drained-6 --baseline drained-6
expect 3 "the baseline has 6 valid blocks, and 10 are needed"
cp -r drained-10 elsewhere
sed -i 's/"kernel": "6.1.0"/"kernel": "2.4.1"/' elsewhere/run.json
run check drained-6 --baseline elsewhere
expect 3 "the baseline is not comparable: kernel: 6.1.0 here, 2.4.1 there"
cp -r drained-10 strange
sed -i 's/"format": [0-9]*/"format": 99/' strange/run.json
run check drained-6 --baseline strange
expect 2 "baseline: strange/run.json" err

# Wrong in a file.
sed 's/row: jemalloc/row: tcmalloc/' ceilings.yaml >other.yaml
run check drained-3 --ceilings other.yaml
expect 2 "there is a ceiling for tcmalloc under discovery-drained, which this run does not have" err
grep -qE '^heapchurn: other.yaml:[0-9]+: ' err || fail "no file and line"
sed '0,/at_most: .*/s//at_most: -5 MiB/' ceilings.yaml >other.yaml
run check drained-3 --ceilings other.yaml
expect 2 "at_most: '-5 MiB' is not a size" err
grep -qE '^heapchurn: other.yaml:[0-9]+:[0-9]+: ' err || fail "no file, line and column"
run check drained-3 --ceilings none.yaml
expect 2 "none.yaml: No such file" err
run check nothing
expect 2 "nothing: no run is stored there" err
broken() {
    rm -rf broken
    cp -r drained-3 broken
    case $1 in
    truncated) truncate -s 2000 broken/trials/0001-*/samples.csv ;;
    nan) sed -i '5s/[0-9][0-9]*/nan/' broken/trials/0001-*/samples.csv ;;
    json) truncate -s 300 broken/trials/0001-*/trial.json ;;
    esac
    run check broken --ceilings ceilings.yaml
    expect 2 "broken/trials/0001-" err
}
broken truncated
broken nan
broken json

# Formats.
run check leaking-3 --ceilings ceilings.yaml -f junit -f openmetrics -f bencher -f gha -f github
expect 1 "The gate fails"
for file in junit.xml metrics.txt bencher.json benchmark.json summary.md; do
    [ -s "leaking-3/$file" ] || fail "no $file"
done
if command -v xmllint >/dev/null; then
    xmllint --noout --schema "$data/ci/junit.xsd" leaking-3/junit.xml 2>err || fail "junit.xml"
    "$bin/heapchurn" report drained-1 -f junit >lone.xml
    xmllint --noout --schema "$data/ci/junit.xsd" lone.xml 2>err || fail "junit.xml of report"
fi
run check drained-3 --json
expect 0 '"status": "pass"'

# Under GitHub Actions: annotations, and a summary that is appended.
echo "what was there" >step.md
GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=step.md run check leaking-3 --ceilings ceilings.yaml
expect 1 "::error title=discovery-drained glibc peer%3A no leak::leak: live rises"
[ "$(head -n 1 step.md)" = "what was there" ] || fail "the summary was truncated"
grep -qF "The gate fails" step.md || fail "no summary"
GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=step.md run check grown-6 --ceilings ceilings.yaml
expect 1 "::error file=ceilings.yaml,line="

# Two runs.
run compare drained-10 grown-10
expect 0 "worse"
run compare drained-10 drained-10
expect 0 "same"
run compare drained-10 elsewhere
expect 3 "kernel: 6.1.0 here, 2.4.1 there" err
run compare drained-10 elsewhere --anyway
expect 0 "same"
cp -r drained-3 other
sed -i 's/"discovery-drained"/"another"/' other/run.json other/trials/*/trial.json
run compare drained-10 other --anyway
expect 3 "have no row under the same workload" err
run compare drained-10
expect 2 "Name two folders" err
run report drained-3 --weights memory=-1
expect 2 "memory=2,cpu=1,latency=1" err
run report drained-3 --weights cpu=1
expect 0 "Weights: memory 0 %, CPU 100 %"

# Measure what is missing. On another machine, that is no more of the same run.
run check grown-3 --ceilings ceilings.yaml --rerun
expect 3 "cannot stand beside what was measured; kernel: 6.1.0 then," err
ls grown-3/trials/*-b4-* 2>/dev/null && fail "a fourth block was measured"

# Three more blocks of the same run where it is over its ceiling, and twice the cycles for a leak
# that nobody is sure of, one after the other: the second still finds all cores.
cat <<'YAML' >small.yaml
question: Is the leak found?
load: rounds
peers: 4
rounds: 20
mesh: false
drain: pollset
leak_bytes: 16 KiB
quiet: 20ms
released: 20ms
YAML
cat <<'YAML' >small-ceilings.yaml
ceilings:
  - workload: small
    row: glibc
    subject: peer
    metric: rss_anon_plateau_bytes
    at_most: 1 KiB
YAML
mkdir empty
if [ -x "$bin/proxy-glibc" ]; then # an instrumented build has no such row
    run run --no-passes -w small.yaml -a glibc -r 3 -o small
    expect 0 "valid" err
    run check small --ceilings small-ceilings.yaml
    expect 3 "twice the cycles decide (--rerun)"
    run check small --ceilings small-ceilings.yaml --rerun --programs empty
    expect 3 "no such program" err
    run check small --ceilings small-ceilings.yaml --rerun
    expect 1 "in 6 of 6 blocks"
    expect 1 "FAIL small, glibc, peer: no leak: leak, with twice the cycles as well"
    ls small/trials/*-b6-glibc-a1/trial.json >/dev/null || fail "no sixth block"
fi

# A leak that the ledger alone can tell: one pass is not sure, and twice the cycles have their own.
if [ -x "$bin/proxy-mimalloc" ]; then
    run run -w small.yaml -a mimalloc -r 3 -o ledger
    expect 0 "in one pass and does not slow down"
    run check ledger
    expect 3 "peer: no leak: leak, and not sure"
    run check ledger --rerun
    expect 1 "FAIL small, mimalloc, peer: no leak: leak, with twice the cycles as well"
    grep -q "mimalloc visit" err && fail "a leak tool was run for the gate"
    rm -r ledger/twice/passes
    run check ledger
    expect 3 "twice the cycles cannot tell: "
fi

# Trials that crashed are no pass, however many others are valid.
cp -r drained-10 crashed
for block in 4 5 6 7 8 9 10; do
    sed -i 's/"outcome": "valid"/"outcome": "failed"/; s/"reason": null/"reason": "signal 11"/' \
        crashed/trials/*-b$block-glibc-a1/trial.json
done
run check crashed
expect 3 "discovery-drained, glibc, trials: 3 of 10 blocks are valid: signal 11"

echo "$((tests - failed)) passed, $failed failed"
[ "$failed" -eq 0 ]
