#!/bin/sh
# One round against nginx: COUNT pages, which eight clients more than in the round before ask for at
# the same time. The same requests for every row.
#
#     nginx.sh PORT ROUND COUNT
set -eu
port=$1 round=$2 count=$3
report=$(ab -q -n "$count" -c $((8 * (round + 1))) -H "Accept-Encoding: gzip" \
    "http://127.0.0.1:$port/page.txt")
echo "$report"
case $report in *"Non-2xx"*) exit 1 ;; esac
case $report in *"Failed requests:        0"*) ;; *) exit 1 ;; esac
