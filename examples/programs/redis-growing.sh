#!/bin/sh
# One round against redis: COUNT values of a size that grows with ROUND are set, then all but one in
# twenty of them are deleted. The same commands for every row.
#
#     redis-growing.sh PORT ROUND COUNT SEED
set -eu
port=$1 round=$2 count=$3 seed=$4
commands() {
    awk -v round="$round" -v count="$count" -v seed="$seed" 'BEGIN {
        srand(seed + round)
        for (text = "x"; length(text) < 65536;)
            text = text text
        for (i = 0; i < count; i++) {
            key = "key:" round ":" i
            size = int(128 * (1.3 ^ round) * (0.9 + rand() / 5))
            if (size > length(text))
                size = length(text)
            # As clients say it: a value in a line of its own redis would first copy to a larger one.
            print "*3\r\n$3\r\nSET\r\n$" length(key) "\r\n" key "\r"
            print "$" size "\r\n" substr(text, 1, size) "\r"
        }
        for (i = 0; i < count; i++)
            if (i % 20 != 0)
                print "DEL key:" round ":" i "\r"
    }'
}
replies=$(commands | redis-cli -p "$port" --pipe)
echo "$replies"
case $replies in *"errors: 0, replies: $((2 * count - (count + 19) / 20))"*) ;; *) exit 1 ;; esac
