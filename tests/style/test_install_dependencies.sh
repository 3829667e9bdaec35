#!/usr/bin/env bash
# What scripts/install-dependencies asks of apt, with stand-ins for the package tools: a dpkg-query
# that knows $INSTALLED, and an apt-get that writes its arguments to a log and fails on $BROKEN.
set -euo pipefail
install_dependencies=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bad=0

stand_in() {
    printf '#!/bin/bash\n%s\n' "$2" >"$scratch/$1"
    chmod +x "$scratch/$1"
}
# shellcheck disable=SC2016 # expanded when the stand-ins run
{
    stand_in dpkg-query 'for p in "${@:3}"; do
        [[ " $INSTALLED " != *" $p "* ]] || echo "$p installed"; done'
    stand_in apt-get 'echo "$*" >>"$LOG"; [[ -z $BROKEN || " $* " != *" $BROKEN "* ]]'
    stand_in id 'echo 0'
}

# case_is NAME EXIT SAID ASKED: exit code, a part of what was said, a part of what apt was asked.
case_is() {
    local said asked status=0
    : >"$scratch/log"
    said=$(PATH="$scratch:$PATH" LOG="$scratch/log" "$install_dependencies" "${arguments[@]}" \
        2>&1) || status=$?
    asked=$(<"$scratch/log")
    if [[ $status != "$2" || $said != *"$3"* || $asked != *"$4"* ]]; then
        printf '%s: exit %d\nsaid: %s\nasked: %s\n' "$1" "$status" "$said" "$asked"
        bad=1
    fi
    if [[ -z $3 && -n $said$asked ]]; then
        printf '%s: expected silence, got\n%s\n%s\n' "$1" "$said" "$asked"
        bad=1
    fi
}

all=$(sed -n "/^packages() {/,/^}/s/^\([a-z0-9-]*\) | .*/\1/p" "$install_dependencies" | xargs)
arguments=(build lint)
export INSTALLED BROKEN=''

INSTALLED=$all
case_is 'all present' 0 '' ''
INSTALLED=${all/libyaml-dev/}
case_is 'one missing' 0 'libyaml-dev              YAML' \
    'install --no-install-recommends --yes libyaml-dev'
BROKEN=libyaml-dev
case_is 'required fails' 1 'bring them by hand: libyaml-dev' 'libyaml-dev'
BROKEN=update
case_is 'no network for lists' 0 'going on with the package lists' '--yes libyaml-dev'
INSTALLED=${all/libjemalloc-dev/} BROKEN=libjemalloc-dev
case_is 'optional fails' 0 'going on without libjemalloc-dev' 'libjemalloc-dev'
INSTALLED=${all/shellcheck/} BROKEN='' arguments=()
case_is 'another group' 0 '' ''
arguments=(everything)
case_is 'unknown group' 2 "unknown group 'everything'" ''
exit "$bad"
