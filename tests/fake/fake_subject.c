/*
 * fake_subject: a scripted process for tests of the driver. It plays peer, proxy or churner (by the
 * name it was started under) and misbehaves as the file `fault` beside that name says:
 *
 *     peer:ready:exit        the peer exits with status 7 when it should say ready
 *     churner:round:hang     the churner never answers a round
 *
 * ROLE:MOMENT:FAULT[:N], where the moment is a verb it would say, and N the trial of the plan from
 * which on it does so; passes come after all trials. Who is going to hang writes its process id to
 * the pipe `event` beside that name, where there is one. Faults:
 *
 *     exit     exit status 7                    abort    dies by SIGABRT
 *     hang     answers nothing any more         close    closes the channel and hangs
 *     garbage  a record that is not a line      verb     another verb than the one awaited
 *     pid      says another process id          other    says another allocator
 *     refuse   says its identity is refused     negative a negative statistic
 *     count    a work counter that is wrong     stubborn ignores SIGTERM, never leaves
 *     orphan   leaves a grandchild behind       status   exits with 3 in the end
 *     escaped  leaves one in a session of its own
 *     strays   does that, and hangs             stop     stops itself
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"

static int fd;
static const char *role;
static const char *allocator = "none"; /* peer-fake says "fake" */
static struct control_line line;
static int64_t cycles;
static char script[128];
static char beside[4096]; /* folder of the programs, with a slash at its end */

static bool fault(const char *moment, const char *name)
{
    char wanted[128];
    (void)snprintf(wanted, sizeof wanted, "%s:%s:%s", role, moment, name);
    return strcmp(script, wanted) == 0;
}

static void tell(void)
{
    char path[4200];
    (void)snprintf(path, sizeof path, "%sevent", beside);
    int event = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (event >= 0) {
        (void)dprintf(event, "%d\n", (int)getpid());
        (void)close(event);
    }
}

static void hang(void)
{
    tell();
    for (;;)
        (void)pause();
}

static void leave_orphan(bool escaped)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (escaped)
            (void)setsid();
        for (;;)
            (void)pause();
    }
    (void)printf("orphan %d\n", (int)pid);
    (void)fflush(stdout);
}

/* Faults that do not depend on the line. */
static void misbehave(const char *moment)
{
    if (fault(moment, "exit"))
        exit(7);
    if (fault(moment, "abort"))
        abort();
    if (fault(moment, "hang"))
        hang();
    if (fault(moment, "orphan"))
        leave_orphan(false);
    if (fault(moment, "escaped"))
        leave_orphan(true);
    if (fault(moment, "strays")) {
        leave_orphan(true);
        hang();
    }
    if (fault(moment, "stop")) {
        tell();
        (void)raise(SIGSTOP);
    }
    if (fault(moment, "close")) {
        (void)close(fd);
        hang();
    }
    if (fault(moment, "garbage")) {
        (void)send(fd, "\n\0\xff", 3, 0);
        hang();
    }
    if (fault(moment, "stubborn")) {
        (void)signal(SIGTERM, SIG_IGN);
        hang();
    }
}

static void say(const char *moment)
{
    misbehave(moment);
    if (fault(moment, "verb"))
        control_begin(&line, "surprise");
    if (fault(moment, "refuse")) {
        control_begin(&line, "refused");
        control_add(&line, "reason", "malloc is in libother.so");
    }
    (void)control_send(fd, &line);
}

static void say_ready(void)
{
    control_begin(&line, "ready");
    control_add(&line, "role", role);
    control_add_i64(&line, "pid", fault("ready", "pid") ? 1 : getpid());
    control_add(&line, "allocator", fault("ready", "other") ? "other" : allocator);
    control_add(&line, "version", "1.0");
    control_add(&line, "identity", "it says so");
    control_add(&line, "endpoint", "tcp://127.0.0.1:1");
    control_add(&line, "na.live_bytes", "a fake cannot tell");
    say("ready");
}

/* The counters of star rounds with one peer: plan.h. */
static void add_counters(int64_t leaves)
{
    bool wrong = fault("stats", "count");
    control_add_i64(&line, "joins_heard", 3 * leaves + 1 + wrong);
    control_add_i64(&line, "leaves_heard", leaves);
    control_add_i64(&line, "connects", leaves + 1);
    control_add_i64(&line, "disconnects", leaves);
    control_add_i64(&line, "peers_max", 2);
    control_add_i64(&line, "messages_heard", 0);
    control_add_i64(&line, "malformed", 0);
    control_add_i64(&line, "lost_blocks", 0);
    control_add_i64(&line, "worker_threads", 0);
    control_add_i64(&line, "worker_blocks_built", 0);
    control_add_i64(&line, "worker_blocks_freed", 0);
    control_add_i64(&line, "worker_blocks_spoiled", 0);
    control_add_i64(&line, "forwarded", 4 * 2 + 1);
}

static void say_stats(void)
{
    static int64_t leaves;
    int64_t goal = 0;
    if (control_get_i64(&line, "at.leaves_heard", &goal) == 0)
        leaves = goal;
    control_begin(&line, "stats");
    control_add_i64(&line, "heap_bytes", fault("stats", "negative") ? -5 : 4096);
    control_add_i64(&line, "read_ns", 1000);
    add_counters(leaves);
    say("stats");
}

static void say_round(void)
{
    cycles++;
    control_begin(&line, "round");
    control_add_i64(&line, "cycles", cycles);
    control_add(&line, "join_ns", "1500000");
    control_add_i64(&line, "messages", 0);
    say("round");
}

static int answer(void)
{
    if (control_is(&line, "stats")) {
        say_stats();
    } else if (control_is(&line, "release")) {
        control_begin(&line, "released");
        control_add_i64(&line, "ns", 10);
        say("released");
    } else if (control_is(&line, "round")) {
        say_round();
    } else if (control_is(&line, "leave")) {
        control_begin(&line, "exit");
        control_add_i64(&line, "live_blocks", 0);
        say("exit");
        return fault("exit", "status") ? 3 : 0;
    }
    return -1;
}

/* The number in the plan of the trial whose log this is; a pass comes after all of them. */
static long trial_number(void)
{
    char log[4096] = "";
    if (readlink("/proc/self/fd/1", log, sizeof log - 1) < 0 || strstr(log, "/passes/"))
        return LONG_MAX;
    const char *trial = strstr(log, "/trials/");
    return trial ? strtol(trial + strlen("/trials/"), NULL, 10) : LONG_MAX;
}

static void read_script(const char *program)
{
    char path[4200];
    const char *slash = strrchr(program, '/');
    (void)snprintf(beside, sizeof beside, "%.*s", slash ? (int)(slash - program) + 1 : 0, program);
    (void)snprintf(path, sizeof path, "%sfault", beside);
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    if (!fgets(script, sizeof script, file))
        script[0] = '\0';
    (void)fclose(file);
    char *from = script;
    for (int colons = 0; from && colons < 3; colons++)
        from = strchr(colons ? from + 1 : from, ':');
    if (!from)
        return;
    *from = '\0';
    if (trial_number() < strtol(from + 1, NULL, 10))
        script[0] = '\0';
}

int main(int argc, char **argv)
{
    (void)argc;
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash ? slash + 1 : argv[0];
    role = strncmp(name, "peer", 4) == 0    ? "peer"
           : strncmp(name, "proxy", 5) == 0 ? "proxy"
                                            : "churner";
    read_script(argv[0]);
    if (strchr(name, '-'))
        allocator = strchr(name, '-') + 1;
    fd = control_inherited_fd();
    say_ready();
    while (control_receive(fd, &line) == 0) {
        int status = answer();
        if (status >= 0)
            return status;
    }
    return 0;
}
