#!/usr/bin/env bats
# heapchurn record on a terminal: what is typed there is the command's. About 3 s.
load helper

setup() {
    stand_in_scratch
    type -P script >/dev/null || skip "needs script (bsdutils)"
    mkfifo keys
    exec 7<>keys
}

# on_terminal FILE: the lines of FILE.sh are recorded on a terminal whose keys are what comes to 7.
on_terminal() {
    script command "$@"
    timeout 60 script -qec "exec '$BIN/heapchurn' record --no-compare -o t.trace -- ./command" log \
        <keys >out 2>&1 3>&- 7>&- &
    recorder=$!
    helpers+=("$recorder")
}

up() { until [ -e up ] || [ ! -d "/proc/$recorder" ]; do sleep 0.05; done; }

ended() {
    status=0
    wait "$recorder" || status=$?
    exits "$1" "record on a terminal"
}

@test "a command that reads from the terminal is not stopped" {
    on_terminal 'touch up' 'read -r line' "echo it read \"\$line\""
    up
    printf 'hello\r' >&7
    ended 0
    says log 'it read hello'
    says log 'calls by'
}

@test "Ctrl-C comes to it once" {
    cat >counts.pl <<'END'
my $times = 0;
sub say_it { open my $file, '>', $_[0] or die; print $file $times }
$SIG{INT} = sub { $times++ };
say_it('up');
select undef, undef, undef, 0.1 until $times;
my $until = time + 2;
select undef, undef, undef, 0.1 until time >= $until;
say_it('times');
END
    on_terminal 'exec perl counts.pl'
    up
    printf '\003' >&7
    ended 0
    [ "$(cat times)" = 1 ] || fail "it came $(cat times) times"
}

@test "Ctrl-\\ asks it where it is, and does not end the recording" {
    on_terminal "trap 'echo here; exit 0' QUIT" 'touch up' 'while :; do sleep 0.1; done'
    up
    printf '\034' >&7
    ended 0
    says log '^here'
    says log 'calls by'
}
