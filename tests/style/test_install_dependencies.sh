#!/usr/bin/env bash
# What scripts/install-dependencies asks of apt and says of its faults, with stand-ins for the
# package tools: dpkg-query knows $INSTALLED, the release has all but $ABSENT, apt-get logs what it
# is asked and fails on the word $BROKEN, saying $FAULT; $USER_ID runs it, sudo refuses with $REFUSAL.
#
#     test_install_dependencies.sh SCRIPT
set -euo pipefail
install_dependencies=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bad=0

stand_in() {
    printf '#!/bin/bash\n%s\n' "$2" >"$scratch/bin/$1"
    chmod +x "$scratch/bin/$1"
}
mkdir "$scratch/bin"
# shellcheck disable=SC2016 # expanded when the stand-ins run
{
    stand_in dpkg-query 'for p in "${@:3}"; do
        [[ " $INSTALLED " != *" $p "* ]] || echo "$p installed"; done'
    stand_in apt-get '[[ $* != *--print-uris* && $* != *--simulate* ]] || exit 0
        echo "$*" >>"$LOG"
        [[ -n $BROKEN && " $* " == *" $BROKEN "* ]] || exit 0
        echo "$FAULT" >&2; exit 100'
    stand_in apt-cache '[[ $LISTS == none ]] || echo "     origin archive"
        for p in "${@:2}"; do
            [[ $LISTS == none || " $ABSENT " == *" $p "* ]] || printf "%s:\n  Candidate: 1.0\n" "$p"; done'
    stand_in id 'echo "$USER_ID"'
    stand_in sudo '[[ -z $REFUSAL ]] || { echo "$REFUSAL" >&2; exit 1; }; exec "$@"'
}

# case_is NAME EXIT SAID ASKED: exit code, what was said, a part of what apt was asked. SAID is a
# pattern of grep -E; nothing: silence, and nothing asked.
case_is() {
    local said asked status=0
    : >"$scratch/log"
    said=$(PATH="$scratch/bin:$PATH" LOG="$scratch/log" TMPDIR="$scratch" \
        "$install_dependencies" "${arguments[@]}" 2>&1) || status=$?
    asked=$(<"$scratch/log")
    if [[ $status != "$2" || $asked != *"$4"* ]] || ! grep -qE -- "$3" <<<"$said"; then
        printf '%s: exit %d\nsaid: %s\nasked: %s\n' "$1" "$status" "$said" "$asked"
        bad=1
    fi
    if [[ -z $3 && -n $said$asked ]]; then
        printf '%s: expected silence, got\n%s\n%s\n' "$1" "$said" "$asked"
        bad=1
    fi
    # The log is there where it is named, and nowhere else.
    if [[ $said == *'the log: '* ]]; then
        [[ -s ${said##*the log: } ]] || { printf '%s: no log\n' "$1" && bad=1; }
    elif compgen -G "$scratch/*.log" >/dev/null; then
        printf '%s: a log is left behind\n' "$1"
        bad=1
    fi
    rm -f "$scratch"/*.log
}

# fault_is NAME FAULT SAID: apt-get install fails with these words.
fault_is() {
    FAULT=$2 BROKEN=install case_is "$1" 1 "packages are missing: $3" 'uthash-dev'
}

all=$(grep -v '^#' "${install_dependencies%/*}/packages.txt" | cut -d' ' -f1 | xargs)
without() { tr " " "\n" <<<"$all" | grep -vxF "$1" | xargs; }
export INSTALLED=$all BROKEN='' FAULT='' ABSENT='' LISTS='' USER_ID=0 REFUSAL=''

arguments=(build lint)
case_is 'all present' 0 '' ''
INSTALLED=$(without shellcheck) arguments=()
case_is 'another group' 0 '' ''
arguments=(everything)
case_is 'unknown group' 2 "unknown group 'everything'; there are: allocators bring browser build" ''

arguments=()
INSTALLED=$(without uthash-dev)
case_is 'one missing' 0 'uthash-dev +hash tables.*\(required\)' '--no-install-recommends --yes uthash-dev'
BROKEN=update FAULT='E: Could not resolve host' \
    case_is 'no lists to be had' 0 'cannot be reached.*going on with the package lists' '--yes uthash-dev'
ABSENT=uthash-dev case_is 'not in the release' 1 'this release, .*, has no uthash-dev' 'update'
LISTS=none BROKEN=update FAULT='E: Could not resolve host' \
    case_is 'no network, no lists' 1 'packages are missing: the package archive cannot be reached' 'update'

fault_is 'no network' 'E: Failed to fetch http://a/b  Could not connect' 'the package archive cannot be'
fault_is 'proxy' 'E: Failed to fetch http://a/b  407  Proxy Authentication Required' "apt's proxy refuses"
fault_is 'interrupted' 'E: dpkg was interrupted, you must manually run' '.*sudo dpkg --configure -a'
fault_is 'broken' 'E: Unmet dependencies. Try apt --fix-broken install' '.*apt-get --fix-broken install'
fault_is 'locked' 'E: Could not get lock /var/lib/dpkg/lock-frontend' 'another program is installing'
fault_is 'full' 'dpkg: error: failed to write (No space left on device)' 'the disk is full; make room'
fault_is 'no room' "E: You don't have enough free space in /var/cache/apt" 'the disk is full; make room'
fault_is 'set up' 'E: Sub-process /usr/bin/dpkg returned an error code (1)' 'dpkg could not set up'
fault_is 'something else' 'E: The moon is full' 'E: The moon is full'

USER_ID=1000 case_is 'sudo' 0 'installing what is required' '--yes uthash-dev'
USER_ID=1000 REFUSAL='sudo: a password is required' \
    case_is 'sudo refuses' 1 'packages are missing: sudo does not let you' ''
mv "$scratch/bin/sudo" "$scratch/sudo"
tools=(env bash awk grep cut xargs sort mktemp rm dirname cat tr)
for tool in "${tools[@]}"; do ln -s "$(type -P "$tool")" "$scratch/bin/$tool"; done
PATH=$scratch/bin USER_ID=1000 case_is 'no sudo' 1 \
    'neither root nor sudo; as root: apt-get install --no-install-recommends uthash-dev' ''
rm "$scratch/bin/apt-get"
PATH=$scratch/bin case_is 'no apt-get' 1 'packages are missing: apt-get is not there' ''
exit "$bad"
