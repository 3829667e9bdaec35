#!/usr/bin/env bats
# A user's own program under rows of allocators: measured as the peer is, and what goes wrong with
# it, told. LOOK is a folder of programs that cannot be measured.
load helper
load program

@test "what it keeps is live on every row, and called a leak" {
    program own.yaml
    heapchurn 0 run -w own.yaml -r 1 --no-passes -o run
    says out '20 rounds = 6000 cycles'
    says out '^glibc .* leak'
    for row in jemalloc tcmalloc; do
        ! grep -q "^$row " out || says out "^$row .* leak"
    done
    gone "^$USER_PROGRAM $TMPDIR"
    [ -z "$(find run/trials -name agents)" ] || fail "a socket is left"
}

# What a report says of how to run on a row, done: the last line by hand, with what shows it.
@test "the lines that put a row into service do" {
    local row line shows
    program own.yaml
    heapchurn 0 run -w own.yaml -a glibc -a all -r 1 --quick --no-passes -o run
    for row in jemalloc jemalloc+decay0 tcmalloc tcmalloc_minimal mimalloc; do
        [ -x "$BIN/proxy-${row%+*}" ] || continue
        jq -r --arg row "$row" '.workloads[0].rows[] | select(.name == $row) | .deployment' \
            run/result.json >deployment
        line=$(jq -r .shell deployment | sed -n 's/ user_program …$//p')
        shows=$(jq -r .verify deployment | sed -n 's/ *# set besides.*//p')
        eval "env $line $shows perl -e 1" >shown 2>&1
        [ -s shown ] || fail "$line $shows shows nothing"
        lacks shown 'cannot be preloaded'
    done
    jq -e '.workloads[0].rows[0] | .name == "glibc" and .deployment == null' run/result.json
    if [ -x "$BIN/proxy-jemalloc" ]; then # lines stay lines
        grep -A1 '<pre>.Service.$' run/report.html | grep '^Environment=LD_PRELOAD='
    fi
}

@test "what malloc serves of it is told after the first round, once" {
    program own.yaml
    heapchurn 0 run -w own.yaml -a glibc -r 2 --quick --no-passes -o run
    [ "$(grep -c 'after round 1 malloc serves [0-9]* % of its anonymous memory' err)" = 1 ]
    tells out 'of its anonymous memory, live and kept.'
    jq -e '.workloads[0].rows[0].malloc_share_ratio > 0.5' run/result.json
}

@test "what it gives back is no leak" {
    program own.yaml 'round.command: sh {folder}/order.sh {data} "use {count}"'
    run_program 0
    says out '^glibc .* plateau'
}

@test "without an agent RSS alone is measured" {
    program own.yaml 'program.agent: off'
    run_program 0
    lacks out '^glibc .* leak'
}

@test "without an agent the row's allocator serves it all the same, seen from outside" {
    [ -n "$(heapchurn 0 list --names rows && grep -x jemalloc out)" ] || skip "no jemalloc here"
    program own.yaml 'program.agent: off'
    heapchurn 0 run -w own.yaml -a jemalloc -a glibc -r 1 --no-passes -o run
    jq -r '.roles[0] | .allocator + ": " + .identity' run/trials/*/trial.json | sort >said
    says said '^jemalloc: /.*libjemalloc.* is mapped; seen from outside, nothing asked$'
    says said '^glibc: no other allocator is mapped; seen from outside, nothing asked$'
}

@test "a program that becomes another by exec" {
    program own.yaml "program.command: sh -c 'exec $USER_PROGRAM {data}'"
    run_program 0
    says out '^glibc .* leak'
}

@test "a script whose program is linked against another allocator" {
    cc -o linked "$SOURCE/tests/integration/user_program.c" -Wl,--no-as-needed -ljemalloc 2>/dev/null ||
        skip "needs a compiler, and jemalloc to link with"
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$PWD/linked" >becomes
    printf '#!/bin/sh\n"%s" "$@" &\ntrap "kill $!; wait $!; exit 0" TERM\nwait $!\n' "$PWD/linked" >starts
    chmod +x becomes starts
    local script
    for script in becomes starts; do
        program own.yaml "program.command: $PWD/$script {data}"
        run_program 0
        says out '^glibc .* leak'
        jq -e '.roles[] | select(.name == "program") | .linked == "libjemalloc.so.2"' \
            run/trials/*/trial.json
        rm -r run
    done
    program own.yaml "program.command: $PWD/becomes {data}" 'program.agent: off'
    run_program 0
}

@test "the first process alone" {
    program own.yaml 'program.agent: first' "program.command: $USER_PROGRAM {data} hoards"
    run_program 0
    says out '^glibc .* leak'
    jq -e '.roles[0].processes == null or .roles[0].processes == []' run/trials/*/trial.json
    rm -rf run
    # What it executes has neither agent nor allocator in its environment.
    program own.yaml 'program.agent: first' \
        "program.command: sh -c 'env >{data}/env; exec $USER_PROGRAM {data}'"
    run_program 3
    tells out "it has become another program by exec, which 'agent: first' leaves alone"
    lacks "$(echo run/trials/*/data/env)" 'LD_PRELOAD|HEAPCHURN_AGENT'
}

@test "a program that a seccomp filter ends" {
    fails 'killed by signal 31 (Bad system call): a seccomp filter forbids what the program did, or' \
        "program.command: $USER_PROGRAM {data} punished"
}

@test "it is ready when it says so, by a file or a check" {
    program own.yaml 'ready.line: at your' 'ready.file: "{data}/answers"' \
        'ready.check: test -p {data}/orders'
    run_program 0
}

@test "a program that never gets ready" {
    fails 'was not ready within 0.5 s' "program.command: $USER_PROGRAM {data} silent" \
        'ready.within: 500ms'
}

@test "a check whose template is not there" {
    fails 'ready.check: ./no-such.conf: No such file' 'ready.check: test -e {file:no-such.conf}'
}

@test "a program that crashes in a round" {
    fails 'program ended too early: killed by signal 6' \
        "program.command: $USER_PROGRAM {data} crashes"
}

@test "a program that stays" {
    fails 'program did not end after it was asked to leave' \
        "program.command: $USER_PROGRAM {data} stays" 'stop.within: 300ms'
}

# What the first record says of its processes.
processes() {
    jq -r ".roles[0].processes | $1" run/trials/*/trial.json
}

@test "a program of several processes" {
    program own.yaml "program.command: $USER_PROGRAM {data} forks"
    heapchurn 0 run -w own.yaml -r 1 --no-passes -o run
    says out '^glibc .* leak'
    [ "$(processes 'length' | sort -u)" = 2 ]
    [ "$(processes 'map(.allocator) | unique | length' | sort -u)" = 1 ]
    processes '.[1].name' | sort -u | diff - <(echo user_program/2)
    # What a child shares with its parent counts once.
    [ "$(processes '(map(.last_pss_anon_bytes) | add) < 12000000' | sort -u)" = true ]
    [ "$(jq '[.roles[0].processes_seen]|unique|.[]' run/trials/*/trial.json | sort -u)" = 2 ]
    says out '^glibc  *2  *0  *user_program/'
    grep -q '^|  |  | user.*program/2 | glibc |' run/report.md
    grep -q '2 processes at the ends of rounds' run/report.html
    grep -q '<td>user_program/2</td><td class="why">glibc</td>' run/report.html
    gone "^$USER_PROGRAM $TMPDIR"
}

@test "without an agent, what was only just started has nothing mapped yet" {
    heapchurn 0 run -a "$ROW" -r 1 --no-passes --agent off -o run -- sleep 1
    [ -x "$BIN/proxy-jemalloc" ] || return 0
    heapchurn 0 run -a jemalloc -r 1 --no-passes --agent off -o je -- sleep 1
}

@test "what the ledger counts of several processes, and a call that nobody made" {
    program own.yaml "program.command: $USER_PROGRAM {data} forks"
    heapchurn 0 run -w own.yaml -a glibc -a jemalloc -r 1 -o run
    says err 'glibc ledger: (not available: its forked processes|[0-9.]+ [KM]iB live)'
    lacks err 'ledger: -1'
    jq -e '[.workloads[].rows[].holding.held_quiet_bytes | select(. != null)] | all(. > 1e5)' \
        run/result.json
    [ -x "$BIN/proxy-mimalloc" ] || return 0
    program own.yaml
    heapchurn 0 run -w own.yaml -a mimalloc -r 1 --no-passes -o mi
    tells out "it was not called: mi_collect(true) reaches"
}

@test "leak tools and profilers look at a program once for each allocator" {
    [ -x "$BIN/proxy-jemalloc" ] || skip "jemalloc is not here"
    program own.yaml "program.command: $USER_PROGRAM {data} returns" 'rounds: 3' 'quick_rounds: 3'
    heapchurn 0 run -w own.yaml -a jemalloc -a jemalloc+decay0 -r 1 -o run
    # Of one round 300 blocks are kept, and never freed; what was kept before the load is not counted.
    says err '^.pass [0-9]/[0-9]. own jemalloc jemalloc-prof: 3[01][0-9] blocks not freed'
    lacks err 'decay0 jemalloc-prof'
    jq -e '[.workloads[0].rows[].holding.not_freed_at_exit | .unavailable != null] == [false, true]' \
        run/result.json
    jq -e '.workloads[0].rows[0].holding.profile.sites[0] | (.function | test("^(block|obey)")) and .blocks == 300' \
        run/result.json
    # A program that leaves by _exit tells nothing at its end; its call sites are known all the same.
    program own.yaml
    heapchurn 0 run -w own.yaml -a jemalloc -r 1 -o silent
    says err 'jemalloc-prof: not available: it wrote nothing at the end'
    jq -e '.workloads[0].rows[0].holding | .not_freed_at_exit.blocks == null and
        .profile.sites[0].blocks == 300' silent/result.json
}

@test "what forked processes inherit: growth is told, the level is not" {
    program own.yaml "program.command: $USER_PROGRAM {data} inherits"
    run_program 0
    says out '^glibc .* leak'
    jq -e '.roles[0].level_unavailable | test("count as their own what they inherited")' \
        run/trials/*/trial.json
    # 300 blocks of 1000 bytes a round are 300 cycles: one block each.
    says out '^glibc +1[0-9]{3} +10[01][0-9] '
    says out '^glibc .* n/a[^ ]+ +n/a[^ ]+ +n/a[^ ]+( |$)'
    tells out 'count as their own what they inherited: growth alone can be summed, the table of processes says'
    gone "^$USER_PROGRAM $TMPDIR"
}

@test "children that come and go" {
    program own.yaml "program.command: $USER_PROGRAM {data} calls"
    run_program 0
    says out '^glibc .* plateau'
    jq -e '.roles[0].snapshots.quiet.cpu_ns > 0' run/trials/*/trial.json
}

@test "a child on another allocator, or without an agent" {
    fails 'did not prove to run on glibc, and hold' \
        "program.command: $USER_PROGRAM {data} hoards"
    jq -e '.outcome == "invalid"' run/trials/*/trial.json
    rm -rf run
    program own.yaml "program.command: $USER_PROGRAM {data} sleeps"
    run_program 0
    processes '.[1].allocator' | sort -u | diff - <(echo null)
    processes '.[1].proof' | sort -u | grep -c 'its agent has left it'
    jq -e '.roles[0].unavailable.live_bytes' run/trials/*/trial.json
}

@test "a load that fails, hangs, or is not there" {
    fails "load left with exit status 7; its last words: 'out of luck'" \
        'round.command: sh -c "echo out of luck; exit 7"'
    rm -rf run
    fails 'load did not end' 'round.command: sleep 60' 'round.within: 300ms'
    rm -rf run
    fails "there is no command 'no-such-load'" 'round.command: no-such-load'
}

@test "work that is not told" {
    fails "has nothing that 'work: equal' finds" 'work.equal: lost=([0-9]+)'
}

@test "a row that does other work than the rest is no measurement" {
    cat >load.sh <<'EOF'
# load.sh FOLDER: one block more under jemalloc, whose agent stands in the program's maps.
count=300
! grep -q libjemalloc "/proc/$(pgrep -f "^$2 $1")/maps" || count=301
sh order.sh "$1" "keep $count"
EOF
    program own.yaml "round.command: sh {folder}/load.sh {data} $USER_PROGRAM"
    heapchurn 3 run -w own.yaml -a glibc -a glibc+arena1 -a jemalloc -r 1 --no-passes -o run
    tells out 'it did other work than the rest: work is 6020, not 6000'
    says out '^glibc +[0-9]'
    says out '^jemalloc +n/a'
}

@test "programs that no allocator can be put under" {
    for kind in static:'is static' own:'brings its own malloc' musl:'not under glibc'; do
        program own.yaml "program.command: $LOOK/look_${kind%%:*}"
        run_program 3
        tells err "${kind#*:}"
        rm -rf run
    done
    program own.yaml 'program.command: no-such-program-anywhere'
    run_program 3
    tells err "there is no program 'no-such-program-anywhere' in PATH"
}

@test "what the figures must be read with is said before they are taken" {
    heapchurn 3 run -a glibc -r 1 --no-passes -o run --load true --rounds 12 -- "$LOOK/look_go"
    tells err "is a Go program: Go's run-time allocates by itself"
    [ "$(grep -n 'is a Go program' err | cut -d: -f1)" = 1 ]
}

@test "mistakes in the file" {
    program own.yaml 'work.equal: no group'
    run_program 2
    tells err 'is no extended regular expression with a group for the number'
    program own.yaml 'round.count: 0'
    run_program 2
    tells err 'round.count: is 0'
    echo 'question: Nothing?
load: program' >own.yaml
    run_program 2
    tells err "what is to be measured"
}

@test "on the command line, and saved for the next time" {
    heapchurn 0 run -a glibc -r 1 --no-passes -o run --ready 'line:at your' --rounds 20 \
        --count 300 --load 'sh order.sh {data} "keep {count}"' --equal 'done=([0-9]+)' \
        --save saved.yaml -- "$USER_PROGRAM" '{data}' ''
    says out '^glibc .* leak'
    says out '20 rounds = 6000 cycles'
    lacks out 'libzmq'
    jq -r .command run/run.json | grep -cF -- "--load 'sh order.sh {data} \"keep {count}\"'"
    jq -r .command run/run.json | grep -c -- "-- .* '{data}' ''\$"
    heapchurn 0 run -w saved.yaml -a glibc -r 1 --no-passes -o again
    says out '^glibc .* leak'
    heapchurn 0 run --resume run
}

@test "on the command line: what is missing, and what does not fit" {
    heapchurn 2 run --load x
    tells err 'which program? It comes last'
    heapchurn 2 run --rounds 3 -- ls
    tells err 'what drives the program?'
    heapchurn 2 run --load x --ready ports -- ls
    tells err "unknown way to be ready 'ports' (did you mean 'port'?)"
    heapchurn 2 run -w leak --load x -- ls
    tells err 'take one of them'
    heapchurn 2 run --load x --stop DIE -- ls
    tells err 'stop.signal'
    heapchurn 2 run --load x -- ls $'caf\xe9'
    tells err 'a word of the command is not UTF-8'
    heapchurn 2 run --load $'\xff' -- ls
    tells err '--load is not UTF-8'
    [ ! -e results ] || fail "a run was begun"
}
