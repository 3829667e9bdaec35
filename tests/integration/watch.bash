# What the tests of watch share: `load watch` after `load helper`.
# shellcheck shell=bash disable=SC2034 # tests use what is set here

# at_looks ACTION COMMAND...: a watch, whose output goes to the file out; after each look ACTION is
# called with its number. $watcher is its process, $status how it ended.
at_looks() {
    local action=$1 looks=0 line
    shift
    : >out
    mkfifo lines
    "$@" >lines 2>&1 </dev/null 3>&- 7>&- 8>&- &
    watcher=$!
    helpers+=("$watcher")
    while IFS= read -r line; do
        echo "$line" >>out
        case $line in [0-9][0-9]:*) "$action" $((looks += 1)) ;; esac
    done <lines
    rm lines
    status=0
    wait "$watcher" || status=$?
}
