#!/usr/bin/env bats
# The documented examples of users' programs, as short as they go: each under two rows, with equal
# work, proved in every process. What is not installed is left out.
load helper

setup() {
    stand_in_scratch
    export TMPDIR=$PWD/tmp
    mkdir -m 777 tmp
    chmod 755 .
}

# example NAME ROUNDS PROGRAM...: it is measured on two rows, with so many rounds.
rows=(-a glibc -a jemalloc)
example() {
    local name=$1 rounds=$2 program
    shift 2
    for program; do
        command -v "$program" >/dev/null || skip "$program is not installed: scripts/install-dependencies programs"
    done
    mkdir -m 755 examples
    cp "$SOURCE"/examples/programs/* examples
    sed -i "s/^\(rounds\|quick_rounds\): .*/\1: $rounds/; s/^\(question: .*\)/\1\nquiet: 100ms\nreleased: 100ms/" \
        "examples/$name.yaml"
    heapchurn 0 run -w "examples/$name.yaml" "${rows[@]}" -r 1 --no-passes -o run
    # Each row did the same, and was proved to run on what it says.
    jq -e '.outcome == "valid" and (.row | sub("[+].*"; "")) == .roles[0].allocator' \
        run/trials/*/trial.json
    jq -c '[.roles[0].counters[] | select(.name | startswith("work")) | [.name, .value]] | sort' \
        run/trials/*/trial.json | sort -u >work
    [ "$(wc -l <work)" = 1 ] || fail "unequal work: $(cat work)"
    grep -q '\["work' work || fail "no work was told"
    [ -z "$(find "$TMPDIR" -name 'heapchurn-*')" ] || fail "left: $(ls "$TMPDIR")"
}

@test "redis" {
    command -v redis-server >/dev/null || skip 'redis-server is not installed: scripts/install-dependencies programs'
    # Debian 13's calls jemalloc by its own names: other rows are left out, with what to do.
    if ! "$BIN/heapchurn" plan -w "$SOURCE/examples/programs/redis-growing.yaml" -a glibc -o plan >out 2>err; then
        tells err 'calls jemalloc by names of its own'
        rows=(-a jemalloc -a jemalloc+decay0)
    fi
    example redis-growing 3 redis-server redis-cli
}

@test "nginx: a master and two workers" {
    export PATH=$PATH:/usr/sbin
    example nginx 2 nginx ab
    [ "$(jq '.roles[0].processes | map(select(.allocator)) | length' run/trials/*/trial.json | sort -u)" = 3 ]
}

@test "postgres: looked at under load, by its own user" {
    [ -n "$(find /usr/lib/postgresql -name initdb 2>/dev/null)" ] ||
        skip "postgres is not installed: scripts/install-dependencies programs"
    # Run by root it becomes its own user, who must be able to load the agent.
    local as_itself=()
    [ "$(id -u)" != 0 ] || as_itself=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    "${as_itself[@]}" test -r "$BIN/libheapchurn-agent.so" ||
        skip 'the user postgres may not read the build'
    example postgres 2 pgbench psql
    jq -e '.roles[0].processes_seen > 8' run/trials/*/trial.json
}

@test "a threaded service in python" {
    example python 2 /usr/bin/python3
}

@test "an import into sqlite, which ends by itself" {
    example sqlite 1 sqlite3
    tells out 'The program ends by itself'
}
