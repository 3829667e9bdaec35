# What the tests of users' programs share: `load program` after `load helper`. ctest gives USER_PROGRAM
# and LOOK, a folder of programs that cannot be measured.
# shellcheck shell=bash

setup() {
    stand_in_scratch
    export TMPDIR=$PWD/tmp # where trials have their data
    mkdir -m 777 tmp
    cat >order.sh <<'EOF'
# order.sh FOLDER ORDER: say it, and what was answered.
echo "$2" >"$1/orders" && head -n 1 "$1/answers"
EOF
}

# program FILE [KEY: VALUE]...: a workload that keeps 300 kB a round.
program() {
    local file=$1 line
    shift
    cat >"$file" <<EOF
question: Who holds the memory of a service?
load: program
program.command: $USER_PROGRAM {data}
ready.line: at your service
rounds: 20
quick_rounds: 20
round.command: sh {folder}/order.sh {data} "keep {count}"
round.count: 300
work.equal: done=([0-9]+)
quiet: 50ms
released: 50ms
EOF
    for line; do
        sed -i "/^${line%%: *}: /d" "$file"
        echo "$line" >>"$file"
    done
    # Dotted keys are written as maps.
    awk -F': ' '/^[a-z]+\.[a-z_]+: / {
            split($1, key, "."); text[key[1]] = text[key[1]] "\n  " key[2] ": " substr($0, length($1) + 3)
            next
        }
        { print }
        END { for (map in text) print map ":" text[map] }' "$file" >"$file.new"
    mv "$file.new" "$file"
}

run_program() {
    local wanted=$1
    shift
    heapchurn "$wanted" run -w own.yaml -a glibc -r 1 --no-passes -o run "$@"
}

fails() {
    program own.yaml "${@:2}"
    run_program 3
    tells out "$1"
    gone "^$USER_PROGRAM $TMPDIR"
}

# No data of a trial is left.
clean() { [ -z "$(find "$TMPDIR" -name 'heapchurn-*')" ] || fail "left: $(ls "$TMPDIR")"; }
