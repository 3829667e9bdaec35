#!/usr/bin/env bats
# What a workload file can say of a user's program beside its load: who runs it, what it finds, how it
# is stopped, when it is looked at; and programs that end by themselves.
load helper
load program

@test "one that ends by itself: its peak, its CPU, and whether all rows did the same" {
    heapchurn 0 run -r 1 -o run --save saved.yaml --prepare 'sh -c "echo here >{data}/file"' \
        --equal 'at most ([0-9]+)' -- "$USER_PROGRAM" '{data}' ends
    says out '^program, MiB +peak$'
    tells out 'The program ends by itself, so nothing is said of growth.'
    tells out 'calls of malloc and its like on every row: all did the same work.'
    lacks out 'growth, B/cycle'
    jq -e '.roles[0] | .snapshots.churn.cpu_ns > 0 and .snapshots.churn.rss_bytes == null
        and any(.counters[]; .name == "work" and .value == 24)' run/trials/*/trial.json
    heapchurn 0 run -w saved.yaml -a glibc -r 1 --no-passes -o again
    # It took 24 MiB and had them for 400 ms.
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["rss_anon_bytes"] + 0 > most { most = $at["rss_anon_bytes"] + 0 }
        END { print most; exit !(most > 25e6 && most < 32e6) }' again/trials/*/samples.csv
    heapchurn 0 run --resume run
    clean
}

@test "one that ends by itself, and does not, or badly, or too soon" {
    heapchurn 3 run -a glibc -r 1 --no-passes -o run -- false
    tells out 'program left with exit status 1'
    heapchurn 3 run -a glibc -r 1 --no-passes -o again -- true
    tells out 'program ended too soon for its peak to be seen'
    heapchurn 3 run -a glibc -r 1 --no-passes -o third -- sh -c 'sleep 60 & sleep 0.4'
    tells out 'program ended and left 1 process running: keep it in the foreground'
    gone '^sleep 60$'
    printf '%s\n' 'question: Q?' 'load: batch' 'program: {command: sleep 60}' \
        'round: {within: 1s}' >own.yaml
    rm -rf run
    run_program 3
    tells out 'program did not end by itself within 1 s'
    echo 'rounds: 3' >>own.yaml
    run_program 2
    tells err 'rounds: is 1 for a program that ends by itself'
}

@test "data that is set up once, copied for each trial, and gone" {
    cat >setup.sh <<'EOF'
echo once >>"$(dirname "$0")/setups" && echo made >"$1/made"
EOF
    program own.yaml 'program.setup: sh {folder}/setup.sh {data}' \
        "program.prepare: sh -c 'cat {data}/made && rm {data}/made'"
    heapchurn 0 run -w own.yaml -a glibc -a glibc+arena1 -r 1 --no-passes -o run
    [ "$(wc -l <setups)" = 1 ] || fail "set up more than once"
    clean
    program own.yaml "program.setup: 'false'"
    rm -rf run
    run_program 3
    tells out 'setup left with exit status 1'
    clean
}

@test "another user" {
    [ "$(id -u)" = 0 ] || skip "only root can be somebody else"
    local as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    "${as_nobody[@]}" "$BIN/heapchurn" list >out 2>err || skip 'nobody may not read the build'
    program own.yaml 'program.user: nobody' "round.prepare: stat -c %U {data}"
    chmod 755 .
    run_program 0
    grep -qx nobody run/trials/*/load.log
    rm -rf run
    program own.yaml 'program.user: no-such-user'
    run_program 3
    tells err "there is no user 'no-such-user' on this machine"
    clean
}

@test "asked to end by a command, and with which status" {
    echo "echo leave 7 >\"\$1/orders\"" >leave.sh
    program own.yaml 'stop.command: sh {folder}/leave.sh {data}' 'stop.status: 7'
    run_program 0
    program own.yaml 'stop.command: sh {folder}/leave.sh {data}'
    rm -rf run
    run_program 3
    tells out 'program left with exit status 7'
    program own.yaml 'stop.command: sh {folder}/leave.sh {data}' 'stop.any_status: true'
    rm -rf run
    run_program 0
    program own.yaml "stop.command: 'false'"
    rm -rf run
    run_program 3
    tells out 'work left with exit status 1'
}

@test "builds of one's own: proved, and a row without one is left out" {
    program own.yaml "program.commands: {glibc: '$USER_PROGRAM {data}'}"
    sed -i '/^  command: .*user_program/d' own.yaml
    heapchurn 0 run -w own.yaml -r 1 --no-passes -o run
    says out '^glibc .* leak'
    tells out "Not available here: jemalloc, "
    tells out "('program: commands' has no build for it)"
    heapchurn 2 run -w own.yaml -a jemalloc -r 1 --no-passes -o again
    tells err "row 'jemalloc' is not available: 'program: commands' has no build for it"
    program own.yaml "program.commands: {jemalloc: '$USER_PROGRAM {data}'}"
    heapchurn 3 run -w own.yaml -a jemalloc -r 1 --no-passes -o again
    tells out 'program runs on glibc, not on jemalloc'
}

@test "on the command line: builds, and how it is stopped" {
    echo "echo leave 7 >\"\$1/orders\"" >leave.sh
    local load=(--ready 'line:at your' --rounds 20 --count 300 --load 'sh order.sh {data} "keep {count}"')
    local stop=(--stop-command 'sh leave.sh {data}')
    heapchurn 0 run -r 1 --no-passes -o run "${load[@]}" "${stop[@]}" --stop-status 7 \
        --build "glibc=$USER_PROGRAM {data}" --save saved.yaml
    says out '^glibc .* leak'
    tells out "Not available here: jemalloc, "
    tells out "('program: commands' has no build for it)"
    [ "$(jq -r '.workloads[].name' run/run.json)" = user_program ]
    says saved.yaml "^    glibc: \"$USER_PROGRAM \{data\}\"\$"
    heapchurn 0 run -w saved.yaml -r 1 --no-passes -o again
    says out '^glibc .* leak'
    heapchurn 0 run --resume run
    heapchurn 0 run -a glibc -r 1 --no-passes -o any "${load[@]}" "${stop[@]}" --stop-status any \
        -- "$USER_PROGRAM" '{data}'
    heapchurn 3 run -a glibc -r 1 --no-passes -o none "${load[@]}" "${stop[@]}" -- "$USER_PROGRAM" '{data}'
    tells out 'program left with exit status 7'
    heapchurn 2 run "${load[@]}" --build jemaloc=./server -- "$USER_PROGRAM"
    tells err "unknown allocator of --build 'jemaloc' (did you mean 'jemalloc'?)"
    heapchurn 2 run "${load[@]}" --build ./server
    tells err "--build takes ALLOCATOR=COMMAND, such as jemalloc=./server-je, not './server'"
    heapchurn 2 run "${load[@]}" --stop-status lots -- "$USER_PROGRAM"
    tells err "--stop-status is a number from 0 to 255, or 'any', not 'lots'"
    heapchurn 2 run "${load[@]}" --stop-status 999 -- "$USER_PROGRAM"
    tells err 'stop.status'
    heapchurn 2 run --stop-command true -- "$USER_PROGRAM"
    tells err 'what drives the program?'
    clean
}

# musl_build FILE [OPTION]...: the program as musl has it.
musl_build() {
    local file=$1
    shift
    command -v musl-gcc >/dev/null || skip "musl-gcc is not installed"
    musl-gcc "$@" -o "$file" "$SOURCE/tests/integration/user_program.c"
}

@test "a build for musl is measured from outside, beside one for glibc" {
    musl_build musl
    musl_build static -static
    ./musl >/dev/null 2>&1 || [ $? -ne 127 ] || skip "musl's loader is not installed"
    program own.yaml "program.commands: {musl: '$PWD/musl {data}'}"
    heapchurn 0 run -w own.yaml -a glibc -a musl -r 1 --no-passes -o run
    says out '^musl '
    says run/trials/*-musl-a1/trial.json 'runs under /lib/ld-musl-[^ ]* and brings no malloc'
    [ "$(jq -c '[.workloads[0].rows[] | [.name, .trials.valid,
        (.subjects.program.live_quiet_bytes != null)]]' run/result.json)" = \
        '[["glibc",1,true],["musl",1,false]]' ] || fail "rows"
    program own.yaml "program.commands: {musl: '$PWD/static {data}'}"
    heapchurn 0 run -w own.yaml -a musl -r 1 --no-passes -o static-run
    says static-run/trials/*-musl-a1/trial.json "not proved: a build of one's own"
}

@test "what is no build for musl is not measured as one" {
    program own.yaml "program.commands: {musl: '$USER_PROGRAM {data}'}"
    heapchurn 3 run -w own.yaml -a musl -r 1 --no-passes -o run
    tells err 'was built for glibc; this row needs a build for musl'
    heapchurn 2 run -a musl -r 1 -o none
    tells err "row 'musl' is not available: only builds of your own run on it"
}

@test "points under load" {
    cat >load.sh <<'EOF'
sh order.sh "$1" "keep 100"
sleep 0.3
sh order.sh "$1" "keep 200"
EOF
    program own.yaml 'round.sample: during' 'rounds: 8' 'quick_rounds: 8' \
        'round.command: sh load.sh {data}'
    run_program 0
    # The point of a round is exact, and there is one in each.
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["round_end"] == 1 { points++; exact += $at["pss_bytes"] != "" }
        END { print points, exact; exit !(points == 8 && exact == 8) }' run/trials/*-a1/samples.csv
    program own.yaml 'round.sample: during' 'round.command: sh order.sh {data} "keep 300"'
    rm -rf run
    run_program 3
    tells out 'round 0 was over before it was looked at'
}
