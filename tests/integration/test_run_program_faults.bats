#!/usr/bin/env bats
# What goes wrong with programs of users': a sentence, the right status, nobody and nothing left, and
# what was measured before is kept.
load helper
load program

# fails SENTENCE [KEY: VALUE]...: no trial of it is valid.
fails() {
    program own.yaml "${@:2}"
    rm -rf run
    run_program 3
    tells out "$1"
    gone "^$USER_PROGRAM $TMPDIR"
    clean
}

@test "a program that is no program, or does not start" {
    echo 'no program' >text
    chmod 755 text
    program own.yaml "program.command: ./text {data}"
    run_program 3
    tells err 'is neither an ELF program nor a script with #!'
    fails 'program ended too early: exit status 5' 'program.command: sh -c "exit 5"'
    clean
}

@test "a program that leaves another one behind" {
    fails 'program ended too early: exit status 0' \
        "program.command: sh -c '$USER_PROGRAM {data} &'" 'ready.line: at your service'
}

@test "a program that opens no port" {
    fails 'program was not ready within 0.5 s' 'ready.port: true' 'ready.within: 500ms'
}

@test "a port that was taken in between" {
    cat >server.sh <<'PROGRAM'
exec perl -MIO::Socket::INET -e 'for (1, 2) {
    push @taken, IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1:$ARGV[0]") || die "$!\n"
}' "$1"
PROGRAM
    fails 'program ended too early: exit status 98' \
        'program.command: sh {folder}/server.sh {port}' 'ready.line: never'
    grep -q 'Address already in use' run/trials/*/program.log
}

@test "a plug-in that calls libc's malloc past what is preloaded" {
    command -v cc >/dev/null || skip "needs a compiler"
    [ -x "$BIN/proxy-jemalloc" ] || skip "jemalloc is not here"
    echo '#include <stdlib.h>
        void give_back(void *block) { free(block); }' >plugin.c
    echo '#define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdlib.h>
        int main(void)
        {
            void *plugin = dlopen("./plugin.so", RTLD_NOW | RTLD_DEEPBIND);
            void (*give_back)(void *) = (void (*)(void *))dlsym(plugin, "give_back");
            give_back((char *)calloc(1, 4096) + 2048); /* before it are zeros */
            return 0;
        }' >host.c
    cc -shared -fPIC -o plugin.so plugin.c
    cc -o host host.c -ldl
    heapchurn 3 run -a jemalloc -r 1 --no-passes -o run -- ./host
    tells out "libc's malloc was given a block of the row's allocator"
    tells out "its last words: 'free(): invalid pointer'"
    rm -rf run
    heapchurn 3 run -a glibc -r 1 --no-passes -o run -- ./host # there it is the program's fault
    tells out "program was killed by signal 6 (Aborted); its last words: 'free(): invalid pointer'"
    lacks out "given a block"
}

@test "a program that needs a terminal" {
    # Its input is /dev/null, and it has no terminal of its own.
    fails 'program ended too early: exit status 1' 'program.command: sh -c "test -t 0"'
}

@test "names with spaces and quotes" {
    mkdir "it's a \"folder\""
    cp "$USER_PROGRAM" "it's a \"folder\"/my program"
    heapchurn 0 run -a glibc -r 1 --no-passes -o run --ready 'line:at your' --rounds 20 \
        --count 300 --load 'sh order.sh {data} "keep {count}"' --save saved.yaml \
        -- "./it's a \"folder\"/my program" '{data}' "o'clock"
    says out '^glibc .* leak'
    heapchurn 0 run -w saved.yaml -a glibc -r 1 --no-passes -o again
    jq -r .command run/run.json | grep -cF -- "'./it'\\''s a \"folder\"/my program'"
}

@test "a disk that the program fills" {
    unshare -m true 2>/dev/null || skip 'it takes a mount of its own'
    program own.yaml "program.command: sh -c 'dd if=/dev/zero of={data}/full bs=1M 2>/dev/null; exec $USER_PROGRAM {data}'"
    mkdir small
    status=0
    unshare -m sh -c "mount -t tmpfs -o size=4m none small && chmod 777 small && TMPDIR=$PWD/small \
        $BIN/heapchurn run -w own.yaml -a glibc -r 1 --no-passes -o run; status=\$?; ls small; exit \$status" \
        >out 2>err </dev/null || status=$?
    # Its pipes need no room: it runs on, and what it wrote is gone with it.
    exits 0
    lacks out 'heapchurn-'
}

@test "what was measured before is kept" {
    cat >load.sh <<'LOAD'
# load.sh FOLDER DATA: from the second trial on it fails.
[ ! -e "$1/over" ] || exit 9
sh order.sh "$2" "keep 300" && [ "$3" -lt 19 ] || touch "$1/over"
LOAD
    program own.yaml "round.command: sh load.sh $PWD {data} {round}"
    heapchurn 3 run -w own.yaml -a glibc -r 2 --no-passes -o run
    tells out 'load left with exit status 9'
    says out '^glibc +[0-9]'
    rm over
    heapchurn 0 run --resume run
    clean
}

@test "a row whose allocator is not here" {
    program own.yaml
    heapchurn 2 run -w own.yaml -a jemaloc -r 1 --no-passes -o run
    tells err "unknown row 'jemaloc' (did you mean 'jemalloc'?)"
    [ ! -e run ] || fail 'a run was begun'
}

@test "a child that may not be read" {
    command -v setpriv || skip 'setpriv (util-linux) is not installed'
    program own.yaml "program.command: $USER_PROGRAM {data} hides"
    chmod -R a+rwX .
    local as_nobody=()
    [ "$(id -u)" != 0 ] || as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    "${as_nobody[@]}" "$BIN/heapchurn" list >out 2>err || skip 'nobody may not run the build'
    status=0
    "${as_nobody[@]}" "$BIN/heapchurn" run -w own.yaml -a glibc -r 1 --no-passes -o run \
        >out 2>err </dev/null || status=$?
    exits 3
    tells out 'the memory of program cannot be told'
    gone "^$USER_PROGRAM $TMPDIR"
    clean
}

@test "an agent that the loader does not take, and one whose path it cannot take" {
    mkdir bad 'a b'
    echo text >bad/libheapchurn-agent.so
    program own.yaml 'ready.within: 1s'
    run_program 3 --programs "$PWD/bad"
    tells out 'the loader could not preload the agent or the allocator; program.log says why'
    grep -q 'cannot be preloaded' run/trials/*/program.log
    rm -rf run
    cp "$BIN/libheapchurn-agent.so" 'a b'
    run_program 3 --programs "$PWD/a b"
    tells err 'the loader takes a space or a colon for the end of a path; move it to a path without'
    clean
}

@test "where nothing could begin no folder is left, and one second has folders for two" {
    heapchurn 3 run -- no-such-program
    tells err "there is no program 'no-such-program' in PATH"
    [ ! -e results ] || fail "left: $(find results)"
    local twice=(run -a glibc -r 1 --no-passes -- env A=1 sleep 1)
    "$BIN/heapchurn" "${twice[@]}" >first 2>&1 </dev/null 3>&- &
    heapchurn 0 "${twice[@]}"
    wait $! || fail "the other one: $(cat first)"
    [ "$(find results -name run.json | wc -l)" -eq 2 ]
    says out 'Stored in results/[0-9TZ]*-sleep' # of which program it is, behind env
}
