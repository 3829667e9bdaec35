#!/bin/bash
# Golden command lines.
#
#   run.sh BIN CASE.sh...            each case against its recorded output; exit 1 when one differs
#   run.sh --update BIN CASE.sh...   record what is said now; then read the diff before committing
#
# A case is a bash script, run in an empty folder of its own with BIN first in PATH. Beside it:
#
#   CASE.exit                        exit status; 0 when the file is missing
#   CASE.stdout.exact, .stderr.exact the bytes
#   CASE.stdout.glob,  .stderr.glob  one pattern per line; a line "..." is any number of lines
#
# A stream without a file must be empty. --update writes .exact, and leaves .glob files alone.
# $CASES is the folder of the cases, $SOURCE the source tree.
set -u

update=0
if [ "${1:-}" = --update ]; then
    update=1
    shift
fi
bin=$(realpath "$1")
shift

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# matches PATTERNS FILE: line by line; what follows "..." may begin at any later line.
matches() {
    local -a patterns lines
    mapfile -t patterns <"$1"
    mapfile -t lines <"$2"
    local line=0 any=0 pattern
    for pattern in "${patterns[@]}"; do
        if [ "$pattern" = "..." ]; then
            any=1
            continue
        fi
        # shellcheck disable=SC2053  # a pattern is meant
        while [ $any = 1 ] && [ $line -lt ${#lines[@]} ] && [[ ${lines[line]} != $pattern ]]; do
            line=$((line + 1))
        done
        # shellcheck disable=SC2053
        if [ $line -ge ${#lines[@]} ] || [[ ${lines[line]} != $pattern ]]; then
            echo "no line for pattern: $pattern"
            return 1
        fi
        line=$((line + 1))
        any=0
    done
    if [ $any = 0 ] && [ $line -lt ${#lines[@]} ]; then
        echo "not expected: ${lines[line]}"
        return 1
    fi
}

# stream_is_right CASE STREAM
stream_is_right() {
    local said=$scratch/$2
    if [ -e "$1.$2.glob" ]; then
        matches "$1.$2.glob" "$said"
    elif [ $update = 1 ] && [ -s "$said" ]; then
        cp "$said" "$1.$2.exact"
    elif [ $update = 1 ]; then
        rm -f "$1.$2.exact"
    elif [ -e "$1.$2.exact" ]; then
        diff -u --label expected --label said "$1.$2.exact" "$said"
    elif [ -s "$said" ]; then
        echo "expected nothing, said:"
        cat "$said"
        return 1
    fi
}

# exit_is_right CASE STATUS
exit_is_right() {
    if [ $update = 1 ]; then
        rm -f "$1.exit"
        [ "$2" = 0 ] || echo "$2" >"$1.exit"
        return 0
    fi
    local expected=0
    [ -e "$1.exit" ] && expected=$(cat "$1.exit")
    [ "$2" = "$expected" ] || { echo "exit status $2, expected $expected"; return 1; }
}

failed=0
for script in "$@"; do
    script=$(realpath "$script")
    case=${script%.sh}
    mkdir "$scratch/folder"
    (
        cd "$scratch/folder" || exit 125
        export CASES="${script%/*}" SOURCE="${script%/tests/golden/*}"
        export PATH="$bin:$PATH" LC_ALL=C NO_COLOR=1
        unset ARGP_HELP_FMT HEAPCHURN_WORKLOAD_DIR
        bash "$script"
    ) >"$scratch/stdout" 2>"$scratch/stderr" </dev/null
    status=$?
    rm -rf "$scratch/folder"
    # Where the tree lies is not part of the answer.
    sed -i "s|${script%/tests/golden/*}|SOURCE|g" "$scratch/stdout" "$scratch/stderr"
    if { exit_is_right "$case" $status && stream_is_right "$case" stdout &&
        stream_is_right "$case" stderr; } >"$scratch/difference"; then
        echo "ok ${case##*/}"
    else
        echo "not ok ${case##*/}"
        sed 's/^/    /' "$scratch/difference"
        failed=1
    fi
done
exit $failed
