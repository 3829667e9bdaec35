#!/usr/bin/env bats
# A library of one's own as a row: a copy of an allocator that this build has stands for another
# version of it. ALLOCATOR and LIBRARY are its name and file, CRASHES a library that ends its process,
# STAND_INS a folder of libraries under the names of allocators that cannot be had here.
# shellcheck disable=SC2153,SC2154 # what ctest gives; $scratch is of helper.bash
load helper

# row FILE LIBRARY LABEL [LINE]...
row() {
    local file=$1 library=$2 label=$3
    shift 3
    printf '%s\n' "allocator: $ALLOCATOR" "library: $library" "label: $label" "$@" >"$file"
}

# served RUN ROW: the file that served it, as the record says.
served() {
    jq -r '.roles[0].library' "$1"/trials/*-"$2"-a1/trial.json
}

setup() {
    stand_in_scratch
    workload tiny.yaml
    cp "$LIBRARY" other-name.so
    row copy.yaml other-name.so copy
    real=$(realpath .)
}

@test "a version runs beside the one of the machine, proved by file and checksum" {
    heapchurn 0 run -w tiny.yaml -a "$ALLOCATOR" -a copy.yaml -r 1 --no-passes -o run
    [ "$(served run "$ALLOCATOR@copy")" = "$real/other-name.so" ] || fail "which file served?"
    [ "$(served run "$ALLOCATOR")" = "$(realpath "$LIBRARY")" ] || fail "which file served?"
    says run/result.json '"library": "'"$real/other-name.so"'"'
    says run/result.json "$(sha256sum other-name.so | cut -d' ' -f1)"
    says run/report.html "$(sha256sum other-name.so | cut -d' ' -f1)"
    tells out "($real/other-name.so)"
    says out "^vs $ALLOCATOR "
    says out "^$ALLOCATOR@copy "
    lacks run/result.json heapchurn-library
    heapchurn 0 compare run run
    tells out "$ALLOCATOR@copy"
}

@test "it is counted by the ledger and read by its own tools as the other is" {
    heapchurn 0 run -w tiny.yaml -a "$ALLOCATOR" -a copy.yaml -r 1 -o run
    says out "^$ALLOCATOR@copy +[0-9n]"
    tells out "own count and ledger agree" || tells out "own less ledger"
}

@test "tunables stand on it, and its name goes through gates" {
    printf '%s\n' "base: $ALLOCATOR" "library: other-name.so" "label: 1.2~3" "environment: A=1" \
        >tuned.yaml
    heapchurn 0 run -w tiny.yaml -a tuned.yaml -r 10 --no-passes -o run
    heapchurn 0 ceilings -o ceilings.yaml run
    says ceilings.yaml "row: $ALLOCATOR@1.2~3"
    "$BIN/heapchurn" check --ceilings ceilings.yaml run >out 2>err || :
    tells out "$ALLOCATOR@1.2~3, peer: rss_anon_plateau_bytes ceiling"
}

@test "what cannot serve is told, and the other rows are measured" {
    cp "$LIBRARY" foreign.so
    printf '\026' | dd of=foreign.so bs=1 seek=18 conv=notrunc status=none # EM_S390
    row missing.yaml missing.so missing
    row foreign.yaml foreign.so foreign
    row wrong.yaml "$CRASHES/libserves.so" wrong
    row crash.yaml "$CRASHES/libcrash.so" crash
    printf '%s\n' 'allocator: glibc' 'library: other-name.so' 'label: x' >libc.yaml
    heapchurn 3 run -w tiny.yaml -a glibc -a missing.yaml -a foreign.yaml -a wrong.yaml \
        -a crash.yaml -a libc.yaml -r 1 --no-passes -o run
    tells err "$ALLOCATOR@missing: skipped: $real/missing.so: No such file or directory"
    tells err "$ALLOCATOR@foreign: skipped: $real/foreign.so was built for another architecture"
    tells err "glibc@x: skipped: glibc is part of libc"
    says err "$ALLOCATOR@wrong block 1: (invalid|failed)"
    tells err "$ALLOCATOR@crash block 1: failed: proxy ended too early: killed by signal 6"
    says err 'glibc block 1: valid'
    tells out "Not available here: $ALLOCATOR@missing"
}

@test "no row is left" {
    row missing.yaml missing.so missing
    heapchurn 2 run -w tiny.yaml -a missing.yaml -r 1 -o run
    tells err "row '$ALLOCATOR@missing' is not available: $real/missing.so: No such file"
}

@test "a library that was exchanged is another one" {
    heapchurn 0 run -w tiny.yaml -a copy.yaml -r 2 --no-passes -o run
    rm -r run/trials/0002*
    printf x >>other-name.so
    heapchurn 3 run --resume run
    tells err "its library $real/other-name.so is another one than in the trials that are stored"
}

@test "a program runs on it" {
    heapchurn 0 run -a "$ALLOCATOR" -a copy.yaml -r 1 --no-passes -o run --rounds 2 \
        --load true -- sleep 60
    [ "$(served run "$ALLOCATOR@copy")" = "$real/other-name.so" ] || fail "which file served?"
    [ "$(served run "$ALLOCATOR")" = "$(realpath "$LIBRARY")" ] || fail "which file served?"
}

@test "a program runs on allocators that heapchurn was built without" {
    for name in snmalloc:libsnmallocshim.so google_tcmalloc:libtcmalloc.so; do
        printf '%s\n' "allocator: ${name%%:*}" "library: $STAND_INS/${name#*:}" 'label: mine' \
            >"${name%%:*}.yaml"
    done
    heapchurn 0 run -a snmalloc.yaml -a google_tcmalloc.yaml -r 1 --no-passes -o run --rounds 2 \
        --load true -- sleep 60
    [ "$(served run snmalloc@mine)" = "$STAND_INS/libsnmallocshim.so" ] || fail "which file served?"
    [ "$(served run google_tcmalloc@mine)" = "$STAND_INS/libtcmalloc.so" ] || fail "which file?"
    says run/result.json "snmalloc's preloaded library counts nothing"
    says run/result.json "snmalloc has no call that gives memory back"
    [ "$(jq '[.workloads[0].rows[] | select(.name == "google_tcmalloc@mine")][0]
        .subjects | to_entries[0].value.live_quiet_bytes.median > 0' run/result.json)" = true ] ||
        fail "no live bytes of google_tcmalloc"
    heapchurn 2 run -w tiny.yaml -a snmalloc.yaml -r 1 -o none
    tells err 'heapchurn was built without snmalloc, which its programs are linked against'
    tells err '-DHEAPCHURN_ALLOCATOR_PREFIX_SNMALLOC=FOLDER'
}

@test "two files of one name" {
    mkdir more
    row more/copy.yaml ../other-name.so copy
    heapchurn 2 run -w tiny.yaml -a copy.yaml -a more/copy.yaml -r 1 -o run
    tells err "are both called '$ALLOCATOR@copy'"
}

# The kernel of a subject says that it gets none, else the trial were invalid.
@test "huge pages are turned off for a row alone" {
    grep -q '^THP_enabled:' /proc/self/status || skip "this kernel does not tell"
    printf '%s\n' "allocator: $ALLOCATOR" 'library: other-name.so' 'label: copy' 'huge_pages: off' \
        >off.yaml
    heapchurn 0 run -w tiny.yaml -a glibc+nothp -a off.yaml -r 1 --no-passes -o run
    [ "$(jq -r '.workloads[0].rows[].huge_pages' run/result.json | sort -u)" = off ] || fail rows
    [ "$(jq -r '.workloads[0].rows[].subjects.peer.anon_huge_peak_bytes.median' \
        run/result.json | sort -u)" = 0 ] || fail "AnonHugePages"
    [ "$(jq -r '.workloads[0].rows[].subjects.peer.huge_zero_end_bytes.median' \
        run/result.json | sort -u)" = 0 ] || fail "padding of huge pages that there are not"
}

@test "mistakes in a row's huge pages" {
    printf '%s\n' 'base: glibc' 'reason: x' 'huge_pages: maybe' >mode.yaml
    heapchurn 2 run -w tiny.yaml -a mode.yaml -r 1 -o run
    tells err 'mode.yaml:3:13: huge_pages'
}
