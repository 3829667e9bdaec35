#!/usr/bin/env bash
# Each rule of scripts/check-style finds its own offence, and nothing in clean code.
set -euo pipefail
check_style=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
bad=0

lay_clean_tree() {
    rm -rf "${tree:?}"/*
    mkdir -p "$tree"/{common,peer,bench/commands,tests/{data,unit}}
    printf '#pragma once\n\n#include <stddef.h>\n\nsize_t one_size(void);\n' >"$tree/common/one.h"
    printf '#include "one.h"\n\nsize_t one_size(void)\n{\n    return 1;\n}\n' >"$tree/common/one.c"
    printf 'void hello(void)\n{\n    printf("allowed here");\n}\n' >"$tree/peer/hello.c"
}

# rule_finds EXPECTED PATH TEXT: a clean tree with TEXT in PATH gives the line EXPECTED.
rule_finds() {
    local found status=0
    lay_clean_tree
    printf '%b' "$3" >"$tree/$2"
    found=$("$check_style" "$tree" 2>&1) || status=$?
    if [[ $status != 1 || $found != *"$1"* ]]; then
        printf 'expected exit 1 and "%s", got exit %d and:\n%s\n' "$1" "$status" "$found"
        bad=1
    fi
}

lay_clean_tree
"$check_style" "$tree" || bad=1

rule_finds 'common/long.c:401: 402 lines' common/long.c "$(printf '\\n%.0s' {1..402})"
rule_finds 'peer/one.c:1: common/one.c has the same name' peer/one.c 'int two;\n'
rule_finds 'common/copy.c:2: banned' common/copy.c '\n    strcpy(a, b);\n'
rule_finds 'common/time.c:1: banned' common/time.c 'gmtime(&now);\n'
rule_finds 'tests/unit/x.c:1: cmocka 2' tests/unit/x.c 'assert_in_range(1, 0, 2);\n'
rule_finds 'bench/commands/x.c:1: names a program' bench/commands/x.c '/* of the proxy */\n'
rule_finds 'bench/commands/x.c:1: names a program' bench/commands/x.c 'int peer_count;\n'
rule_finds 'common/say.c:1: only commands' common/say.c 'printf("x");\n'
rule_finds 'common/say.c:1: only commands' common/say.c 'fputs("x", stdout);\n'
rule_finds 'common/mark.c:1: a mark left' common/mark.c "/* TO""DO: think */\n"
rule_finds 'tests/data/run.json:1: a path of one' tests/data/run.json "\"/ro""ot/x\"\n"
rule_finds 'common/lone.h:1: does not compile' common/lone.h '#pragma once\nsize_t lone(void);\n'
rule_finds 'common/twice.h:1: no include guard' common/twice.h 'extern int twice;\n'
exit "$bad"
