#!/usr/bin/env bats
# `scripts/bench-replay`: a table of a program and its replay, and where it is put. About 8 s.
load helper

bench() { BIN="$BIN" ROWS="$ROW" QUICK=1 "$SOURCE/scripts/bench-replay" "$@"; }

@test "one program, on one row: its table, which is put into a page without another word of it" {
    [ -x /usr/bin/python3 ] || skip "no /usr/bin/python3"
    bench --keep "$PWD/keep" python >out
    says out "^\| python, [0-9.]+ M events \| $ROW \| [0-9.]+ \| [0-9.]+ \| [-+][0-9.]+ % \|"
    says out "^\| python \| [-+][0-9]+ % \| [-+][0-9.]+ ns \| [0-9.]+, [0-9.]+ \| [0-9.]+ \| [0-9.]+"
    jq -e '.rows | length == 1 and all(.peak > 1e6 and .peak_replayed > 1e6 and .cpu_ns > 0)' \
        keep/python.json >/dev/null || fail "figures: $(cat keep/python.json)"
    jq -e '.events > 1e5 and .engine_ns > 0 and .compile_ns > 0' keep/python.json >/dev/null

    printf 'before\n<!-- bench-replay -->\nwhat was there\n<!-- /bench-replay -->\nbehind\n' >page.md
    PAGE="$PWD/page.md" bench --keep "$PWD/keep" --write
    sed -n '1,2p' page.md | diff - <(printf 'before\n<!-- bench-replay -->\n')
    tail -n 2 page.md | diff - <(printf '<!-- /bench-replay -->\nbehind\n')
    diff <(sed '1,2d' page.md | head -n -2) out
    PAGE="$PWD/page.md" bench --keep "$PWD/keep" --write
    diff <(sed '1,2d' page.md | head -n -2) out
}

@test "the page of the documentation has its marks; what is no program is one sentence" {
    [ "$(grep -cxF -e '<!-- bench-replay -->' -e '<!-- /bench-replay -->' "$SOURCE/docs/replay.md")" = 2 ]
    status=0
    bench --keep "$PWD/keep" emacs 2>err || status=$?
    [ "$status" = 2 ]
    tells err "no program 'emacs'; python, sqlite"
    printf 'no marks\n' >page.md
    mkdir -p keep
    cat >keep/python.json <<'JSON'
{"program": "python", "events": 1000, "grade": "good", "error": 0.01, "apart_peak": 0.02, "apart_end": 0.02, "engine_ns": 1, "compile_ns": 1,
 "raw_bytes": "2", "packed_bytes": "1", "slower": "+1 %", "added_ns": "+2",
 "rows": [{"row": "glibc", "version": "2.36", "peak": 200, "peak_least": 200, "peak_most": 200, "end": 100, "end_least": 100, "end_most": 100, "peak_replayed": 201,
           "end_replayed": 99, "cpu_ns": 9, "wall_ns": 10},
          {"row": "jemalloc", "version": "5.3.0", "peak": 100, "peak_least": 100, "peak_most": 100, "end": 101, "end_least": 101, "end_most": 101, "peak_replayed": 99,
           "end_replayed": 102, "cpu_ns": 12, "wall_ns": 20}]}
JSON
    status=0
    PAGE="$PWD/page.md" bench --keep "$PWD/keep" --write 2>err || status=$?
    [ "$status" = 3 ]
    tells err "lacks a line '<!-- bench-replay -->'"
    [ "$(cat page.md)" = 'no marks' ]
}

@test "pairs of rows count where they differ by more than is told apart" {
    mkdir -p keep
    # peak: glibc above jemalloc, replayed too; end: within the error; mimalloc: peak the wrong way.
    cat >keep/sqlite.json <<'JSON'
{"program": "sqlite", "events": 1000000, "grade": "good", "error": 0.02, "apart_peak": 0.04, "apart_end": 0.04,
 "engine_ns": 9, "compile_ns": 1,
 "raw_bytes": "2", "packed_bytes": "1", "slower": "+1 %", "added_ns": "+2",
 "rows": [{"row": "glibc", "version": "2.36", "peak": 2e8, "peak_least": 2e8, "peak_most": 2e8,
           "end": 1e8, "end_least": 1e8, "end_most": 1e8, "peak_replayed": 1.99e8,
           "end_replayed": 1e8, "cpu_ns": 9, "wall_ns": 10},
          {"row": "jemalloc", "version": "5.3.0", "peak": 1e8, "peak_least": 0.98e8, "peak_most": 1.05e8,
           "end": 1.03e8, "end_least": 1.03e8, "end_most": 1.03e8, "peak_replayed": 1.01e8,
           "end_replayed": 1.01e8, "cpu_ns": 12, "wall_ns": 20},
          {"row": "mimalloc", "version": null, "peak": 3e8, "peak_least": 3e8, "peak_most": 3e8,
           "end": 0.5e8, "end_least": 0.5e8, "end_most": 0.5e8, "peak_replayed": 1.5e8,
           "end_replayed": 0.6e8, "cpu_ns": 12.34, "wall_ns": 50}]}
JSON
    printf '<!-- bench-replay -->\n<!-- /bench-replay -->\n' >page.md
    PAGE="$PWD/page.md" bench --keep "$PWD/keep" --write
    says page.md "^\| sqlite, 1 M events \| glibc \| 190.7 \| 189.8 \| -0.5 % \| .* \| good, error 2.0 % \|"
    says page.md "^\|  \| jemalloc \| 95.4 \(93.5 to 100.1\) \| 96.3 \| \+1.0 % \|"
    says page.md "peak, beyond 4.0 %: 2 of 3"
    says page.md "end, beyond 4.0 %: 2 of 2"
    says page.md "\| 1.0 \| 9.0 \(budget: 8\) \| 9.0 \| 12.0 \| n/a \| 12.3 \| 0.3 to 1.5 s \|"
}
