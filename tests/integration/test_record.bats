#!/usr/bin/env bats
# heapchurn record: programs of which every call is known, and what makes recording hard. $PROGRAM
# is recorded_program, $TRACE_SUMS says what stands in a trace.
load helper

# records STATUS WHAT [OPTION...]: $PROGRAM WHAT, into t.trace, and what is in it into the file sums.
records() {
    local wanted=$1 what=$2
    shift 2
    heapchurn "$wanted" record --no-compare -o t.trace "$@" -- "$PROGRAM" "$what"
    "$TRACE_SUMS" t.trace >sums || fail "t.trace makes no sense"
}

# value LINE KEY: what KEY= says in the first line of sums that begins with LINE.
value() { sed -n "s/^$1.*[ /]$2=\([^ ]*\).*/\1/p" sums | head -n 1; }

# nothing_lost: and the recorder's own count of every stream that ended is that of the events, but
# for a few that come later: what libc gives back last.
nothing_lost() {
    says sums '^trace lost=0 unknown=0 .*unrecorded=0'
    awk '/^stream=/ && !/end=cut/ {
             split($5, calls, "="); split($6, bytes, "="); split($8, counted, "=")
             split(counted[2], own, "/")
             if (calls[2] < own[1] || calls[2] > own[1] + 4 || bytes[2] < own[2]) {
                 print
                 wrong = 1
             }
         } END { exit wrong }' sums || fail "a stream counts otherwise than it holds"
}

@test "every kind of call is one event, and a mark stands among them" {
    records 0 kinds
    nothing_lost
    # 13 that return a block, 11 that give one back; two reallocs do both.
    says sums 'image=1 .*events=24 calls=13 .*live_blocks=0 '
    says sums 'bytes=11213 '
    says sums '^trace .*failed=1 '
    says sums 'marks=1 last_mark=half'
    says out '24 calls by 1 thread in 1 program'
    says out 'cost: n/a'
}

@test "the example of a mark in the documentation" {
    command -v cc >/dev/null || skip "needs a compiler"
    awk '/^```c$/ { code = 1; next } /^```$/ { code = 0 } code' "$SOURCE/docs/recording.md" >mark.c
    cc -Wall -Werror -o mark mark.c
    ./mark
    heapchurn 0 record --no-compare -o t.trace -- ./mark
    "$TRACE_SUMS" t.trace >sums
    says sums 'marks=1 last_mark=index loaded'
}

@test "8 threads that free each other's blocks: as many calls as the program and the ledger count" {
    [ -e "$BIN/libledger.so" ] || skip "built without the ledger"
    LD_PRELOAD=$BIN/libledger.so LEDGER_PRINT=1 "$BIN/heapchurn" record --no-compare -o t.trace \
        -- "$PROGRAM" threads >out 2>err 3>&-
    "$TRACE_SUMS" t.trace >sums
    nothing_lost
    known=$(sed -n 's/^calls=\([0-9]*\) .*/\1/p' out)
    asked=$(sed -n 's/^calls=.* bytes=\([0-9]*\)$/\1/p' out)
    # What libc took for itself is in the main thread's stream alone.
    main_calls=$(value stream=1 counted)
    main_calls=${main_calls%/*}
    main_bytes=$(value stream=1 bytes)
    others=$(awk '/began=thread/ { split($5, c, "="); sum += c[2] } END { print sum }' sums)
    other_bytes=$(awk '/began=thread/ { split($6, b, "="); sum += b[2] } END { print sum }' sums)
    [ "$(grep -c began=thread sums)" -eq 8 ]
    [ $((known - others)) -ge 0 ] && [ $((known - others)) -le 8 ] || fail "$known known, $others"
    [ "$other_bytes" -eq "$asked" ] || fail "$asked bytes known, $other_bytes recorded"
    # The ledger stood behind the recorder; which of them ends first is the loader's to say, and
    # between the two libc gives back a few blocks.
    ledger=$(sed -n 's/.*ledger: .* live; \([0-9]*\) calls.*/\1/p' err | head -n 1)
    apart=$((main_calls + others - ledger))
    [ $apart -ge -4 ] && [ $apart -le 4 ] || fail "ledger $ledger, trace $((main_calls + others))"
    [ "$main_bytes" -gt 0 ]
}

@test "sqlite: the calls, the bytes and the blocks left that the ledger counts in a run of its own" {
    [ -e "$BIN/libledger.so" ] || skip "built without the ledger"
    command -v sqlite3 >/dev/null || skip "needs sqlite3"
    awk 'BEGIN {
        print "create table t (a integer primary key, b text); begin;"
        for (i = 0; i < 20000; i++)
            printf "insert into t values (%d, printf(\"%%.*c\", %d, \"x\"));\n", i, 1 + i * 37 % 300
        print "commit; create index i on t (b); delete from t where a % 3 = 0;"
        print "select count(*), sum(length(b)) from t;"
    }' >statements
    LD_PRELOAD=$BIN/libledger.so LEDGER_PRINT=1 sqlite3 :memory: '.read statements' >own 2>err 3>&-
    counted=$(sed -n 's/.*ledger: \([0-9]*\) blocks, .* live; \([0-9]*\) calls, \([0-9]*\) bytes.*/\1 \2 \3/p' err)
    heapchurn 0 record --no-compare -o t.trace -- sqlite3 :memory: '.read statements'
    "$TRACE_SUMS" t.trace >sums
    nothing_lost
    recorded="$(value image=1 live_blocks) $(value stream=1 calls) $(value stream=1 bytes)"
    [ "${recorded#* }" != " " ] && [ "$recorded" = "$counted" ] || fail "ledger $counted, trace $recorded"
}

@test "4000 short threads with late destructors pass their chunks on" {
    records 0 short-lived
    nothing_lost
    [ "$(grep -c 'began=thread .*calls=6 bytes=250 end=end' sums)" -eq 4000 ]
    says sums 'image=1 .*live_blocks=1 '
}

@test "a fork is a stream of its own that names its parent, also by raw clone" {
    records 0 forks
    nothing_lost
    says sums 'image=1 .*calls=101[01] '
    says sums 'image=2 .*calls=1000 .*inherited=10 '
    says sums 'image=3 .*calls=1000 '
    says sums 'stream=2 .*began=fork parent=1 '
    says sums 'stream=3 .*began=fork parent=2 .*end=cut'
}

# odd_blocks: how many blocks of the library's size came, and whether one of them stayed.
odd_blocks() {
    heapchurn 0 trace t.trace --json
    jq -r '[(.sizes[] | select(.from == 65536).blocks), .end_live_bytes < 100003] | join(" ")' out
}

@test "libraries that take a block as they are loaded, before main and by dlopen" {
    LD_PRELOAD=$LIBRARY "$BIN/heapchurn" record --no-compare -o t.trace -- "$PROGRAM" churn >out 2>err 3>&-
    "$TRACE_SUMS" t.trace >sums
    nothing_lost
    [ "$(odd_blocks)" = "1 true" ] || fail "another number of them: $(odd_blocks)"
    export LIBRARY
    records 0 libraries
    nothing_lost
    [ "$(odd_blocks)" = "50 true" ] || fail "another number of them: $(odd_blocks)"
}

@test "what libraries give back as they leave does not take a chunk for each block" {
    FREES_LATE=20000 heapchurn 0 record --no-compare -o t.trace -- "$LEAVES_LATE"
    "$TRACE_SUMS" t.trace >sums
    says sums '^trace lost=0 unknown=0 .*unrecorded=0'
    says sums ' live_blocks=0 '
    [ "$(value trace chunks)" -lt 1000 ] || fail "$(value trace chunks) chunks"
}

@test "what is executed is recorded anew" {
    records 0 execs
    nothing_lost
    [ "$(grep -cE '^image=[123] .*calls=1000 bytes=100000 ' sums)" -eq 3 ]
    [ "$(grep -c 'began=main' sums)" -eq 3 ]
    # The command is of them all, and a program that was executed is not called a forked one.
    heapchurn 0 trace t.trace --image 2
    says out ': program 2 of 3, .*/recorded_program; recorded: .*/recorded_program execs$'
    heapchurn 0 trace t.trace --anonymise public.trace
    heapchurn 0 trace public.trace
    says out ': program [123] of 3$'
    lacks out 'forked|recorded_program'
}

@test "a program that is killed loses nothing" {
    records 0 killed
    says out 'killed by signal 9'
    says sums '^trace lost=0 unknown=0'
    says sums 'stream=1 .*calls=20000[01] .*end=cut'
}

@test "a program that crashes loses nothing" {
    records 0 crashes
    says out 'killed by signal 11'
    says sums '^trace lost=0 unknown=0'
    says sums 'stream=1 .*calls=20000[01] .*end=cut'
}

@test "256 processes that come at once are all recorded" {
    records 0 forks-much
    nothing_lost
    says out 'in 256 programs'
    says out '^programs: a replay plays one of them'
    [ "$(grep -cE '^image=.* calls=100[01] ' sums)" -eq 256 ] || fail "not all of them"
}

@test "processes that are gone before they can be killed are ended by a second Ctrl-C" {
    mkfifo says
    exec 8<>says
    "$BIN/heapchurn" record --no-compare --limit 64MiB -o t.trace -- "$PROGRAM" comets >says 2>err </dev/null 3>&- 8>&- &
    recorder=$!
    read -r line <&8
    [ "$line" = up ] || fail "it says '$line'"
    while kill -INT "$recorder" 2>/dev/null; do
        read -r -t 0.6 line <&8 || :
    done
    status=0
    wait "$recorder" || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || fail "exit status $status"
    gone "^$PROGRAM comets"
    "$TRACE_SUMS" t.trace >sums || fail "t.trace makes no sense"
}

@test "handlers that come while the recorder writes have a stream of their own" {
    records 0 handlers
    nothing_lost
    says sums 'began=handler '
    [ "$(awk '/^stream=/ { split($5, c, "="); sum += c[2] } END { print sum }' sums)" -ge 400 ]
}

@test "a program that waits for weeks between two calls" {
    records 0 weeks
    nothing_lost
    lacks out 'the command ended'
    heapchurn 0 trace t.trace --json
    [ "$(jq '.duration_ms >= 3 * 7 * 24 * 3600 * 1000' out)" = true ] || fail "$(jq .duration_ms out)"
    [ "$(jq '[.lifetimes_ms[] | select(.from > 5e8 and .bytes > 3 * 5e6)] | length' out)" = 1 ] ||
        fail "$(jq -c .lifetimes_ms out)"
}

@test "more threads than there are numbers for: what comes after them is lost, and that is said" {
    records 3 no-number
    says out 'LOST: [0-9]+ events: there were more than 16 777 215 threads'
    says sums ' unknown=0 '
    [ "$(grep -c 'began=thread' sums)" -eq 2 ] || fail "$(grep began= sums)"
    lacks sums '^damage='
}

@test "what malloc promises holds: no cancellation point, errno, alignment" {
    records 0 cancelled
    nothing_lost
    lacks out 'the command ended'
    records 0 errno
    nothing_lost
    lacks out 'the command ended'
}

@test "how far large blocks were written: all, half, nothing, its last byte alone" {
    records 0 touches --look 1h
    nothing_lost
    # used 128 KiB; half 32 KiB before realloc copies 64; all 64; none; tail one page; small 10000
    says sums 'extents=7 .*holes=1 unknown=0'
    written=$(value extents written)
    least=$((131072 + 32768 + 65536 + 65536))
    [ "$written" -ge $least ] && [ "$written" -le $((least + 32768)) ] || fail "$written bytes"
    records 0 touches --touch off
    says sums 'extents=0 '
}

@test "when a block was written: a few bytes at its front, at once or late" {
    records 0 writes-late --look 20ms
    nothing_lost
    # One EXTENT each: of the first nobody had looked before, of the other all who looked saw nothing.
    says sums '^extents=2 written=128 .*looked=1 '
}

@test "what was written when the load ended, and not what a program writes as it leaves" {
    cat >leaves.yaml <<END
question: What was written?
load: program
program:
  command: sh -c 'cd {data} && exec $PROGRAM lets-go'
ready:
  line: ready
rounds: 1
round:
  command: sh -c 'cd {data} && echo go >order && read -r _ <done'
  count: 1
END
    heapchurn 0 record --no-compare --look 1h -w ./leaves.yaml -o t.trace
    "$TRACE_SUMS" t.trace >sums
    nothing_lost
    # Of 32 blocks 16; of the others it is known that nothing was, since somebody looked.
    says sums 'extents=32 .*looked=16 '
}

@test "large blocks that go at once leave nothing behind in the recorder" {
    records 0 passes
    nothing_lost
    says sums 'extents=500000 written=0 '
    lacks out 'the command ended'
}

@test "a filter that forbids to look: what is not seen is unknown, and said" {
    "$PROGRAM" filtered || skip "no filters of system calls here"
    records 0 filtered --look 1ms
    nothing_lost
    # One is given back, and known; one stays.
    says sums 'extents=2 .*unknown=1 looked=0'
    says out '^NOT SEEN: how far blocks that lived were written: .*process_vm_readv \(Operation not permitted'
    records 0 touches
    lacks out 'NOT SEEN'
}

@test "the recorded run's own curve: what is heap in it, at every moment of its growth" {
    records 0 grows
    heapchurn 0 trace t.trace --json
    # 16 of 20 bytes: blocks of 64, and 16 of names for each. Of what was mapped before it grew little.
    jq -c '[.recorded[0].curve[] | select(.[1] > 30e6) | .[2] / .[1]]' out >shares
    [ "$(jq 'length > 5 and min > 0.77 and max < 0.83' shares)" = true ] || fail "$(cat shares)"
}

@test "descriptors that are closed, another root, another user" {
    records 0 closes
    nothing_lost
    [ "$(grep -c '^image=.*calls=100[01] ' sums)" -eq 2 ]
    "$PROGRAM" root || skip "only root may change its root"
    records 0 root
    nothing_lost
    [ "$(grep -c '^image=.*calls=100[01] ' sums)" -eq 2 ]
}

@test "mlockall locks what is written and no more; touches are then unknown" {
    "$PROGRAM" locked >/dev/null || skip "may not lock memory"
    records 0 locked
    nothing_lost
    says sums 'extents=1 .*unknown=1'
}

@test "a short address space: recorded in a part of the file" {
    status=0
    (ulimit -v 400000 && "$PROGRAM" churn) || skip "needs more address space"
    (ulimit -v 400000 && exec env -u LD_PRELOAD "$BIN/heapchurn" record --no-compare --limit 64MiB \
        -o t.trace -- "$PROGRAM" churn) >out 2>err 3>&- || status=$?
    exits 0 "in 400 MB"
    "$TRACE_SUMS" t.trace >sums
    nothing_lost
}

@test "events beyond the limit are lost, counted and said" {
    heapchurn 3 record --no-compare --limit 1MiB -o t.trace -- "$PROGRAM" plenty
    says out 'LOST: [0-9]+ events: the events came to more than --limit'
    says err 'not whole'
    "$TRACE_SUMS" t.trace >sums || :
    says sums '^trace lost=[1-9]'
}

@test "a full disk is said, and the program goes on" {
    mkdir disk
    mount -t tmpfs -o size=512k tmpfs disk 2>/dev/null || skip "may not mount a small disk"
    status=0
    TMPDIR=$PWD "$BIN/heapchurn" record --no-compare -o disk/t.trace -- "$PROGRAM" plenty \
        >out 2>err 3>&- || status=$?
    umount disk
    exits 3 "on a full disk"
    says err 'No space left on device|not whole'
    lacks out 'the command ended'
}

@test "what it would have cost without, and what memory it took" {
    heapchurn 0 record -o t.trace -- "$PROGRAM" threads
    says out 'cost: CPU .* with the recorder, .* without \([+-][0-9]+ %\)'
    says out 'original on glibc: heap .* at its peak'
}

@test "the original is looked at when all that it does is done" {
    heapchurn 0 record -o t.trace -- "$PROGRAM" leaves
    heapchurn 0 trace t.trace --json
    # At the peak are 94 MiB; glibc trims its heap when they go, which takes less than 5 ms.
    [ "$(jq '[.originals[] | select(.allocator == "glibc")] | length == 3 and
        all(.peak_heap_bytes > 90e6 and .end_heap_bytes < 4e6)' out)" = true ] ||
        fail "$(jq -c .originals out)"
}

@test "what a program reads of files as it leaves was not its heap" {
    head -c 16777216 /dev/zero >large
    TOUCHES_LATE=$PWD/large heapchurn 0 record -o t.trace --compare glibc -- "$LEAVES_LATE"
    heapchurn 0 trace t.trace --json
    [ "$(jq '[.originals[].peak_heap_bytes] | all(. > 1e6 and . < 3e6)' out)" = true ] ||
        fail "$(jq -c .originals out)"
}

@test "a script whose program is linked with another allocator: the original on glibc is on glibc" {
    cat >linked.c <<'END'
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    static char *blocks[2000];
    for (int i = 0; i < 2000; i++)
        memset(blocks[i] = malloc(50000), 1, 50000);
    for (int i = 0; i < 1999; i++)
        free(blocks[i]);
    malloc_trim(0); /* which gives back what glibc holds */
    return 0;
}
END
    cc -o linked linked.c -Wl,--no-as-needed -ljemalloc 2>/dev/null || skip "needs a compiler, and jemalloc to link with"
    printf '#!/bin/sh\nexec ./linked\n' >wrapper
    chmod +x wrapper
    heapchurn 0 record --originals 1 --compare glibc -o t.trace -- ./wrapper
    heapchurn 0 trace t.trace --json
    [ "$(jq '.originals[0] | .peak_heap_bytes > 90e6 and .end_heap_bytes < 10e6' out)" = true ] ||
        fail "$(jq -c .originals out)"
    # A replay knows what the program runs on as it is, also by an anonymous trace.
    heapchurn 0 trace t.trace
    says out '^linked +against libjemalloc.so.2, on which it runs as it is$'
    heapchurn 0 trace t.trace --anonymise public.trace
    heapchurn 0 replay public.trace -a glibc -r 1 --slices 5 --no-passes -o run
    [ "$(jq -r '.roles[0].linked' run/trials/*/trial.json | sort -u)" = libjemalloc.so.2 ]
}

@test "a C++ program that is linked with an allocator: libc serves its operators, too" {
    cat >operators.cc <<'END'
int main()
{
    static char *blocks[1000];
    for (char *&block : blocks)
        block = new char[8];
    for (char *block : blocks)
        delete[] block;
    return 0;
}
END
    local linked=0
    for library in jemalloc tcmalloc_minimal; do
        c++ -o operators operators.cc -Wl,--no-as-needed -l$library 2>/dev/null || continue
        linked=$((linked + 1))
        heapchurn 0 record --originals 1 --compare glibc -o t.trace -- ./operators
        lacks out 'the command ended'
        "$TRACE_SUMS" t.trace >sums
        nothing_lost
        [ "$(value image=1 calls)" -ge 1000 ] || fail "$(cat sums)"
        printf '#!/bin/sh\nexec ./operators\n' >wrapper # here no look at the program tells
        chmod +x wrapper
        heapchurn 0 record --no-compare -o t.trace -- ./wrapper
        lacks out 'the command ended'
    done
    [ "$linked" -gt 0 ] || skip "needs a C++ compiler, and an allocator to link with"
}

@test "what the recorder has in a program is not taken for its heap" {
    heapchurn 0 record -o t.trace -- "$PROGRAM" keeps
    heapchurn 0 trace t.trace --json
    [ "$(jq '[.originals[] | select(.allocator == "glibc").end_heap_bytes][0] as $original
             | .recorded[0].end_heap_bytes / $original | . > 0.98 and . < 1.02' out)" = true ] ||
        fail "$(jq -c '.originals, .recorded' out)"
}

@test "what cannot be recorded is said before it starts, or named" {
    heapchurn 2 record -- true
    says err 'Give -o FILE'
    heapchurn 2 record -o t.trace
    says err 'record what'
    heapchurn 3 record -o t.trace -- no-such-program
    says err 'no-such-program'
    [ ! -e t.trace ]
    heapchurn 3 record --no-compare -o t.trace -- bash -c 'env -u LD_PRELOAD sleep 1; :'
    says out 'NOT RECORDED: .*sleep .*started without LD_PRELOAD'
    heapchurn 3 record -o /nowhere/t.trace -- true
    says err '/nowhere/t.trace'
}

@test "heapchurn itself is killed: what was recorded is there" {
    mkfifo says
    "$BIN/heapchurn" record --no-compare -o t.trace -- bash -c 'echo up; exec sleep 60' \
        >says 2>err </dev/null 3>&- &
    recorder=$!
    disown
    read -r line <says
    [ "$line" = up ]
    heapchurn 0 trace t.trace.raw # meanwhile
    says err 't.trace.raw was not packed yet: .*, [1-9] of [0-9]+ chunks'
    kill -9 "$recorder"
    heapchurn 0 record --recover t.trace.raw -o t.trace
    says out 'calls by [0-9]+ thread'
    says out '^RECOVERED: of [0-9]+ chunks [1-9] were being written when it was killed'
    "$TRACE_SUMS" t.trace >sums
    says sums '^trace lost=0 unknown=0'
}

@test "a workload is recorded with its load, and its phases are told" {
    cat >short.yaml <<'END'
question: Is a trial recorded like a command?
load: rounds
peers: 2
rounds: 2
END
    heapchurn 0 record --no-compare -w ./short.yaml -o t.trace
    "$TRACE_SUMS" t.trace >sums
    nothing_lost
    says sums 'image=1 .*foreign=[1-9]'
    # How it leaves is recorded, and not played: nobody looked at the original meanwhile.
    says sums 'image=1 .*behind_end=[1-9]'
    heapchurn 2 record -w ./short.yaml -o t.trace -- true
    says err 'not both'
    heapchurn 2 record -w no-such-workload -o t.trace
}

@test "the traces of this repository are whole, and tell no names" {
    for trace in "$SOURCE"/workloads/traces/*.trace; do
        "$TRACE_SUMS" "$trace" >sums || fail "$trace makes no sense"
        nothing_lost
        [ "$(stat -c %s "$trace")" -lt 2000000 ]
        heapchurn 0 trace "$trace" --json
        lacks out '/(tmp|work|home|usr)/'
    done
    says sums 'image=1 '
}

@test "--compare says on which allocators it is run again, --originals how often, in turns" {
    heapchurn 0 record --compare glibc -o one.trace -- sort /etc/passwd
    says out "^original on glibc: heap .*, 3 runs$"
    [ "$(grep -c '^original on' out)" = 1 ] || fail "others: $(cat out)"
    heapchurn 0 record --originals 1 --compare glibc -o one.trace -- sort /etc/passwd
    says out "^original on glibc: heap [0-9.]+ [KM]iB at its peak, [0-9.]+ [KM]iB at its end, 1 run$"
    if [ -x "$BIN/replayer-jemalloc" ]; then
        heapchurn 0 record --originals 2 -o two.trace -- sort /etc/passwd
        heapchurn 0 trace two.trace --json
        [ "$(jq -c '[.originals[].allocator]' out)" = '["glibc","jemalloc","glibc","jemalloc"]' ] ||
            fail "$(jq -c .originals out)"
    fi
    heapchurn 2 record --originals 0 -o one.trace -- sort /etc/passwd
    tells err "--originals"
    rm -f two.trace
    heapchurn 2 record --compare glibx -o two.trace -- sort /etc/passwd
    tells err "--compare: no allocator 'glibx'"
    [ ! -e two.trace ] || fail "recorded"
}

@test "a daemon that the command leaves behind is waited for, and that is said" {
    "$BIN/heapchurn" record --no-compare -o t.trace -- sh -c 'sleep 600 >/dev/null 2>&1 &' \
        >out 2>err </dev/null 3>&- &
    recorder=$!
    helpers+=("$recorder")
    until grep -q 'waited for' err || [ ! -d "/proc/$recorder" ]; do sleep 0.1; done
    tells err 'record: the command has ended, but sleep (process '
    tells err 'goes on and is waited for; Ctrl-C ends it'
    kill "$(sed -n 's/.*but sleep (process \([0-9]*\)).*/\1/p' err)"
    status=0
    wait "$recorder" || status=$?
    exits 0 record
    says out 'in 3 programs'
}

@test "a program that brings its own malloc, behind a script, is told as not recorded" {
    command -v cc >/dev/null || skip "needs a compiler"
    echo '#include <stddef.h>
        #include <poll.h>
        void *malloc(size_t bytes)
        {
            static _Alignas(16) char pool[1 << 20];
            static size_t used;
            void *block = pool + used;
            used += (bytes + 15) / 16 * 16;
            return block;
        }
        void free(void *block) { (void)block; }
        int main(void) { return poll(NULL, 0, 1000); }' >own.c
    cc -rdynamic -o own own.c
    heapchurn 3 record --no-compare -o t.trace -- sh -c './own; :'
    says out 'NOT RECORDED: .*/own .*: it brings its own malloc, which the recorder does not see'
    [ "$(grep -c 'NOT RECORDED' out)" = 1 ]
}
