#!/bin/sh
# One round against redis: COUNT values of a size that grows with ROUND are set, then all but one in
# twenty of them are deleted. The same commands for every row.
#
#     redis-growing.sh PORT ROUND COUNT
set -eu
port=$1 round=$2 count=$3
commands() {
    awk -v round="$round" -v count="$count" 'BEGIN {
        srand(3186 + round)
        text = sprintf("%4096s", "")
        gsub(" ", "x", text)
        for (i = 0; i < count; i++) {
            size = int(40 * (1.35 ^ round) * (0.75 + rand() / 2))
            printf "SET key:%d:%d %s\r\n", round, i, substr(text, 1, size)
        }
        for (i = 0; i < count; i++)
            if (i % 20 != 0)
                printf "DEL key:%d:%d\r\n", round, i
    }'
}
replies=$(commands | redis-cli -p "$port" --pipe)
echo "$replies"
case $replies in *"errors: 0,"*) ;; *) exit 1 ;; esac
