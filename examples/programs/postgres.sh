#!/bin/sh
# What postgres.yaml asks for, with the newest postgres there is.
#
#     postgres.sh setup DATA                 an empty cluster
#     postgres.sh serve DATA PORT            the server, in the foreground
#     postgres.sh prepare PORT               the tables of pgbench
#     postgres.sh round PORT ROUND COUNT SEED   COUNT transactions by eight clients
#     postgres.sh count PORT                 how many there were in all
set -eu
programs=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -n 1)
[ -n "$programs" ] || { echo "postgres is not installed: scripts/install-dependencies programs"; exit 1; }
me=$1
shift
case $me in
setup) exec "$programs/initdb" -D "$1" -U postgres -A trust -E UTF8 --locale=C --no-sync ;;
serve) exec "$programs/postgres" -D "$1" -p "$2" -k "$1" -c listen_addresses=127.0.0.1 \
    -c autovacuum=off -c fsync=off ;;
prepare) exec pgbench -h 127.0.0.1 -p "$1" -U postgres -i -s 2 -q postgres ;;
round) exec pgbench -h 127.0.0.1 -p "$1" -U postgres -n -c 8 -t $(($3 / 8)) \
    --random-seed=$(($4 + $2)) postgres ;;
count) exec psql -h 127.0.0.1 -p "$1" -U postgres -Atc \
    'select count(*) from pgbench_history' postgres ;;
esac
