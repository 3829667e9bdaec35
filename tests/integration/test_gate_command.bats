#!/usr/bin/env bats
# heapchurn check, ceilings and compare as continuous integration meets them: what passes, what
# fails, what is undecided, and that nothing wrong in a file is a silent pass.
load helper

# $SHARED has runs of three kinds and some counts of blocks, and ceilings from one of them.
setup_file() {
    local kind blocks
    share
    cd "$SHARED" || return
    for kind in drained leaking grown; do
        for blocks in 1 3 6 10; do "$WRITE_RUN" "$kind-$blocks" "$kind" "$blocks"; done
    done
    heapchurn 0 ceilings drained-10 -o ceilings.yaml
    tells ceilings.yaml "mean + k sd"
}

setup() {
    stand_in_scratch
    unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY
    cp -r "$SHARED"/{drained,leaking,grown}-* "$SHARED/ceilings.yaml" .
}

@test "ceilings need ten blocks, and a row that is there" {
    heapchurn 3 ceilings drained-3
    tells err "has 3 valid blocks; a ceiling takes 10"
    heapchurn 2 ceilings drained-10 -a tcmalloc
    tells err "row 'tcmalloc' is not in this run"
}

@test "what passes ceilings and what does not" {
    heapchurn 0 check drained-3
    tells out "The gate passes"
    heapchurn 0 check drained-3 --ceilings ceilings.yaml
    tells out "The gate passes"
    heapchurn 1 check leaking-3 --ceilings ceilings.yaml
    tells out "FAIL discovery-drained, glibc, peer: no leak: leak: live rises 35.2 kB per cycle"
    heapchurn 3 check grown-3 --ceilings ceilings.yaml
    tells out "undecided, which is no pass"
    heapchurn 1 check grown-6 --ceilings ceilings.yaml
    tells out "in 6 of 6 blocks"
    heapchurn 3 check drained-1 --ceilings ceilings.yaml
    tells out "3 blocks are needed"
}

@test "against a baseline" {
    heapchurn 0 check drained-6 --baseline drained-10
    tells out "The gate passes"
    heapchurn 1 check grown-6 --baseline drained-10
    tells out "rss_anon_plateau_bytes regression"
    heapchurn 3 check grown-3 --baseline drained-10
    tells out "more blocks decide"
    heapchurn 3 check drained-6 --baseline drained-6
    tells out "the baseline has 6 valid blocks, and 10 are needed"
}

elsewhere() {
    cp -r drained-10 elsewhere
    sed -i 's/"kernel": "6.1.0"/"kernel": "2.4.1"/' elsewhere/run.json
}

@test "a baseline that cannot be compared" {
    elsewhere
    heapchurn 3 check drained-6 --baseline elsewhere
    tells out "the baseline is not comparable: kernel: 6.1.0 here, 2.4.1 there"
    cp -r drained-10 strange
    sed -i 's/"format": [0-9]*/"format": 99/' strange/run.json
    heapchurn 2 check drained-6 --baseline strange
    tells err "baseline: strange/run.json"
}

@test "what is wrong in ceilings is told by file and line" {
    sed 's/row: jemalloc/row: tcmalloc/' ceilings.yaml >other.yaml
    heapchurn 2 check drained-3 --ceilings other.yaml
    tells err "there is a ceiling for tcmalloc under discovery-drained, which this run does not have"
    says err '^heapchurn: other.yaml:[0-9]+: '
    sed '0,/at_most: .*/s//at_most: -5 MiB/' ceilings.yaml >other.yaml
    heapchurn 2 check drained-3 --ceilings other.yaml
    tells err "at_most: '-5 MiB' is not a size"
    says err '^heapchurn: other.yaml:[0-9]+:[0-9]+: '
    heapchurn 2 check drained-3 --ceilings none.yaml
    tells err "none.yaml: No such file"
}

# broken FILE COMMAND...: a run in which the command was given that file of a trial.
broken() {
    local file=$1
    shift
    rm -rf broken
    cp -r drained-3 broken
    "$@" broken/trials/0001-*/"$file"
    heapchurn 2 check broken --ceilings ceilings.yaml
    tells err "broken/trials/0001-"
}

@test "what is wrong in a run is no pass" {
    heapchurn 2 check nothing
    tells err "nothing: no run is stored there"
    broken samples.csv truncate -s 2000
    broken samples.csv sed -i '5s/[0-9][0-9]*/nan/'
    broken trial.json truncate -s 300
}

@test "formats" {
    local file
    heapchurn 1 check leaking-3 --ceilings ceilings.yaml -f junit -f openmetrics -f bencher -f gha \
        -f github
    tells out "The gate fails"
    for file in junit.xml metrics.txt bencher.json benchmark.json summary.md; do
        [ -s "leaking-3/$file" ] || fail "no $file"
    done
    xmllint --noout --schema "$DATA/ci/junit.xsd" leaking-3/junit.xml
    heapchurn 0 report drained-1 -f junit
    xmllint --noout --schema "$DATA/ci/junit.xsd" out
    heapchurn 0 check drained-3 --json
    tells out '"status": "pass"'
}

@test "under GitHub Actions: annotations, and a summary that is appended" {
    export GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=step.md
    echo "what was there" >step.md
    heapchurn 1 check leaking-3 --ceilings ceilings.yaml
    tells out "::error title=discovery-drained glibc peer%3A no leak::leak: live rises"
    [ "$(head -n 1 step.md)" = "what was there" ]
    tells step.md "The gate fails"
    heapchurn 1 check grown-6 --ceilings ceilings.yaml
    tells out "::error file=ceilings.yaml,line="
}

@test "two runs" {
    elsewhere
    heapchurn 0 compare drained-10 grown-10
    tells out "worse"
    heapchurn 0 compare drained-10 drained-10
    tells out "same"
    heapchurn 3 compare drained-10 elsewhere
    tells err "kernel: 6.1.0 here, 2.4.1 there"
    heapchurn 0 compare drained-10 elsewhere --anyway
    tells out "same"
    cp -r drained-3 other
    sed -i 's/"discovery-drained"/"another"/' other/run.json other/trials/*/trial.json
    heapchurn 3 compare drained-10 other --anyway
    tells err "have no row under the same workload"
    heapchurn 2 compare drained-10
    tells err "Name two folders"
}

@test "weights" {
    heapchurn 2 report drained-3 --weights memory=-1
    tells err "memory=2,cpu=1,latency=1"
    heapchurn 0 report drained-3 --weights cpu=1
    tells out "Weights: CPU 100 %"
}

# On another machine, that is no more of the same run.
@test "what is missing is not measured elsewhere" {
    heapchurn 3 check grown-3 --ceilings ceilings.yaml --rerun
    tells err "cannot stand beside what was measured; kernel: 6.1.0 then,"
    ! compgen -G "grown-3/trials/*-b4-*" || fail "a fourth block was measured"
}

leaking_workload() {
    workload small.yaml "peers: 4" "rounds: 20" "leak_bytes: 16 KiB" "quiet: 20ms" "released: 20ms"
}

# Three more blocks of the same run where it is over its ceiling, and twice the cycles for a leak
# that nobody is sure of, one after the other: the second still finds all cores.
@test "what is missing is measured" {
    ! instrumented || skip "this build has no such row"
    leaking_workload
    printf '%s\n' 'ceilings:' '  - workload: small' '    row: glibc' '    subject: peer' \
        '    metric: rss_anon_plateau_bytes' '    at_most: 1 KiB' >small-ceilings.yaml
    mkdir empty
    heapchurn 0 run --no-passes -w small.yaml -a glibc -r 3 -o small
    tells err "valid"
    heapchurn 3 check small --ceilings small-ceilings.yaml
    tells out "twice the cycles decide (--rerun)"
    heapchurn 3 check small --ceilings small-ceilings.yaml --rerun --programs empty
    tells err "no such program"
    heapchurn 1 check small --ceilings small-ceilings.yaml --rerun
    tells out "in 6 of 6 blocks"
    tells out "FAIL small, glibc, peer: no leak: leak, with twice the cycles as well"
    compgen -G "small/trials/*-b6-glibc-a1/trial.json"
}

# One pass is not sure, and twice the cycles have their own.
@test "a leak that the ledger alone can tell" {
    [ -x "$BIN/proxy-mimalloc" ] || skip "mimalloc is not here"
    leaking_workload
    heapchurn 0 run -w small.yaml -a mimalloc -r 3 -o ledger
    tells out "in one pass and does not come to rest"
    heapchurn 3 check ledger
    tells out "peer: no leak: leak, and not sure"
    heapchurn 1 check ledger --rerun
    tells out "FAIL small, mimalloc, peer: no leak: leak, with twice the cycles as well"
    lacks err "mimalloc visit" # no leak tool is run for the gate
    rm -r ledger/twice/passes
    heapchurn 3 check ledger
    tells out "twice the cycles cannot tell: "
}

@test "trials that crashed are no pass, however many others are valid" {
    local block
    for block in 4 5 6 7 8 9 10; do
        sed -i 's/"outcome": "valid"/"outcome": "failed"/; s/"reason": null/"reason": "signal 11"/' \
            drained-10/trials/*-b$block-glibc-a1/trial.json
    done
    heapchurn 3 check drained-10
    tells out "discovery-drained, glibc, trials: 3 of 10 blocks are valid: signal 11"
}
