#!/usr/bin/env bats
# What shells offer after `heapchurn`, as one who presses the tab key meets it; the manual page.
load helper

setup_file() {
    share
    mkdir -p "$SHARED/zsh"
    "$BIN/heapchurn" completion bash >"$SHARED/bash"
    "$BIN/heapchurn" completion zsh >"$SHARED/zsh/_heapchurn"
    "$BIN/heapchurn" help --man >"$SHARED/heapchurn.1"
}

# offers WORD...: what bash has for the last word of `heapchurn WORD...`, one a line, in out.
offers() {
    # shellcheck disable=SC2016 # the inner bash's own
    bash --norc -c 'set -u; . "$1"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        compopt() { :; }
        _heapchurn && printf "%s\n" "${COMPREPLY[@]}"' \
        bash "$SHARED/bash" "$BIN/heapchurn" "$@" >out 2>err || fail "completion ends with $?"
    [ ! -s err ] || fail "completion complains"
}

# zsh_offers LINE: what zsh has at the end of that line, one a line, in out. An interactive zsh is
# typed to; what completion hands to compadd is written down.
zsh_offers() {
    rm -f offered
    PATH="$BIN:$PATH" zsh -f -s "$SHARED/zsh" "$1" >seen <<'END' || fail "zsh ends with $?"
zmodload zsh/zpty
zpty shell zsh -f -i
feed() { zpty -w shell "$1" }
feed "fpath=(${(q)1} \$fpath); autoload -U compinit; compinit -uD"
feed 'compadd() { local -a hits; builtin compadd -O hits "$@"; print -rl -- $hits >>offered
    builtin compadd "$@" }; zle -C choices list-choices _main_complete'
feed 'show() { zle choices; print over-${:-now} }; zle -N show; bindkey "^T" show'
zpty -w -n shell "$2"$'\C-T'
zpty -r shell seen '*over-now*'
zpty -d shell
print -r -- "$seen"
END
    sort -u offered >out 2>err || fail "zsh offers nothing for '$1'"
}

@test "bash: commands" {
    offers ""
    says out '^run$'
    says out '^help$'
    offers "repo"
    [ "$(cat out)" = report ] || fail "one command begins with 'repo'"
    offers help "lis"
    says out '^list$'
}

@test "bash: options, and what their values may be" {
    offers run "--re"
    says out '^--repetitions$'
    says out '^--resume$'
    lacks out '^--json$'
    offers run -w "discovery-d"
    says out '^discovery-drained$'
    offers run --workload = "discovery-d"
    says out '^discovery-drained$'
    offers run --workload =
    says out '^discovery$'
    offers run -a "$ROW"
    says out "^$ROW\$"
    offers report DIR -f "js"
    says out '^json$'
    offers diagnose --with "mem"
    says out '^memcheck$'
    offers run -r ""
    lacks out .
    offers list --names "work"
    says out '^workloads$'
}

@test "bash: files, folders, processes and commands" {
    mkdir "a folder" && touch mine.yaml mine.txt
    offers ceilings "a f"
    says out '^a folder$'
    offers run -w "mine"
    says out '^mine\.yaml$'
    lacks out 'txt'
    offers judge "mine.t"
    says out '^mine\.txt$'
    offers watch "$$"
    says out "^$$\$"
    offers diagnose --with memcheck -- "bas"
    says out '^bash$'
    offers diagnose --with memcheck -- bash "mine.t"
    says out '^mine\.txt$'
}

@test "bash: every option is offered, and every one that takes a value knows it" {
    local command words=()
    offers ""
    mapfile -t words < <(grep -v '^-\|^help$' out)
    [ ${#words[@]} -ge 10 ] || fail "${#words[@]} commands"
    for command in "${words[@]}"; do
        offers "$command" "--"
        mv out offered
        "$BIN/heapchurn" "$command" --help | grep -oE -- '^ +(-.,)? +--[a-z-]+' | tr -d ' ' |
            sed 's/.*--/--/' | sort -u >options
        sort -u offered | diff options - || fail "options of $command"
    done
}

@test "zsh: commands, options, values and files" {
    command -v zsh >/dev/null || skip "zsh is not installed"
    touch mine.yaml mine.txt
    zsh_offers "heapchurn re"
    says out '^report$'
    zsh_offers "heapchurn run --re"
    says out '^--repetitions$'
    lacks out '^--json$'
    zsh_offers "heapchurn run -w discovery-d"
    says out '^discovery-drained$'
    zsh_offers "heapchurn run --workload=m"
    says out '^mine\.yaml$'
    lacks out 'txt'
    zsh_offers "heapchurn report somewhere --format js"
    says out '^json$'
    zsh_offers "heapchurn help li"
    says out '^list$'
    zsh_offers "heapchurn watch $$"
    says out "^$$\$"
    zsh_offers "heapchurn diagnose --with memcheck -- bas"
    says out '^bash$'
}

@test "zsh: the script is one" {
    command -v zsh >/dev/null || skip "zsh is not installed"
    zsh -n "$SHARED/zsh/_heapchurn"
}

@test "unknown shells are told" {
    heapchurn 2 completion fish
    says err "no completion for 'fish'; there are bash and zsh"
    heapchurn 2 completion
    says err "for which shell"
}

@test "the manual page has every command and option, and no mistake" {
    local command
    for command in $("$BIN/heapchurn" --help | sed -n '/^Commands/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p'); do
        says "$SHARED/heapchurn.1" "^\.SS \"heapchurn $command "
    done
    [ "$(grep -c '^\.SS "heapchurn' "$SHARED/heapchurn.1")" -ge 10 ] || fail "too few commands"
    says "$SHARED/heapchurn.1" '^.fB.-w.fR, .fB.-.-workload.fR .fINAME.fR$'
    lacks "$SHARED/heapchurn.1" '^[^.]*[^\]-'
    command -v mandoc >/dev/null || skip "mandoc is not installed"
    # A date is left out on purpose: the same source gives the same page.
    ! mandoc -T lint -W warning "$SHARED/heapchurn.1" | grep -v 'missing date\|: STYLE: ' || fail "mandoc"
}
