#!/usr/bin/env bash
# The package list is complete and has nothing too much: scripts/check-packages is content with it,
# and no longer when any one of its rows is gone.
#
#     test_packages.sh PROJECT
set -euo pipefail
check=$1/scripts/check-packages
list=$1/scripts/packages.txt
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bad=0

status=0
"$check" --uses >"$scratch/uses" || status=$?
((status == 0)) || exit "$status"
"$check" --from "$scratch/uses" || bad=1

rows=0
while read -r row; do
    package=${row%% *}
    grep -vxF -e "$row" "$list" >"$scratch/list"
    if PACKAGES=$scratch/list "$check" --from "$scratch/uses" >"$scratch/said"; then
        echo "nobody misses $package"
        bad=1
    fi
    rows=$((rows + 1))
done < <(grep -v '^#' "$list")
((rows > 20)) || { echo "only $rows rows were read" && bad=1; }

# A use that no row brings is seen, whatever it is.
complains() {
    { cat "$scratch/uses" && printf '%s\n' "$1"; } >"$scratch/more"
    "$check" --from "$scratch/more" >"$scratch/said" && bad=1
    grep -qF -- "$2" "$scratch/said" || { echo "of '$1' was said:" && cat "$scratch/said" && bad=1; }
}
complains $'common/text.c\theader\tlz4.h\tliblz4-dev' 'lz4.h is brought by no row of packages.txt; it is of liblz4-dev'
complains $'common/text.c\theader\tcmocka.h\t' 'cmocka.h is brought by libcmocka-dev, in a group it cannot count on'
complains $'scripts/lint\tprogram\tnosuchtool\t' 'nosuchtool is brought by no row'
complains $'cmake/dependencies.cmake\tmodule\tlibnosuch.pc\t' 'libnosuch.pc is brought by no row'
echo 'nothing | build | required | nothing.h | nothing' | cat "$list" - >"$scratch/list"
PACKAGES=$scratch/list "$check" --from "$scratch/uses" >"$scratch/said" && bad=1
grep -q 'nothing uses nothing.h of nothing' "$scratch/said" || { cat "$scratch/said" && bad=1; }
exit "$bad"
