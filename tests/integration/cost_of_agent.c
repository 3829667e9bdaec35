/*
 * What the agent costs a program, on every row that is here: a table on standard output, one line a
 * row. The same program (agent_program) runs with the row's allocator alone and with the agent
 * before it; looked at from outside.
 *
 *     row  resident_kib  anon_kib  first_stats_kib  idle_switches  cpu_us_per_request
 *
 * Exit status 1: one of them is beyond what docs/own-program.md says, twofold. CPU time is printed
 * and not judged.
 */
#include <dirent.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agents.h"
#include "cleanup.h"
#include "clock.h"
#include "control.h"
#include "registry.h"

enum {
    REQUESTS = 1000,
    IDLE_MS = 300,
    WAIT_S = 20,
    RESIDENT_KIB_MAX = 1600, /* pages of files above all: libc's that the program had no use for */
    ANON_KIB_MAX = 600,      /* jemalloc's first statistics are among it */
    FIRST_STATS_KIB_MAX = 816
};

struct look {
    int64_t rss_kib, anon_kib;
};

static _Noreturn void give_up(const char *why)
{
    (void)fprintf(stderr, "cost_of_agent: %s\n", why);
    exit(2);
}

/* The value of a line "KEY: 123 kB" of a file of /proc/PID. */
static int64_t read_value(pid_t pid, const char *file, const char *key)
{
    char path[64];
    char line[256];
    int64_t value = -1;
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    AUTO_FCLOSE FILE *in = fopen(path, "re");
    while (in && fgets(line, sizeof line, in))
        if (strncmp(line, key, strlen(key)) == 0)
            value = strtoll(line + strlen(key), NULL, 10);
    if (value < 0)
        give_up("a figure of /proc is missing");
    return value;
}

static struct look look_at(pid_t pid)
{
    return (struct look){.rss_kib = read_value(pid, "smaps_rollup", "Rss:"),
                         .anon_kib = read_value(pid, "smaps_rollup", "Anonymous:")};
}

struct program {
    pid_t pid;
    int to, from;
};

/* Started, and in main: it has obeyed an order. */
static struct program start(const struct words *environment)
{
    int to[2], from[2];
    char letter = 'n';
    if (pipe(to) < 0 || pipe(from) < 0)
        give_up("no pipes");
    struct program program = {.pid = fork(), .to = to[1], .from = from[0]};
    if (program.pid == 0) {
        (void)dup2(to[0], STDIN_FILENO);
        (void)dup2(from[1], STDOUT_FILENO);
        (void)close(to[1]);
        (void)close(from[0]);
        for (size_t i = 0; i < environment->count; i++)
            (void)putenv(environment->word[i]);
        (void)execl(TEST_PROGRAM, "agent_program", "plain", (char *)NULL);
        _exit(127);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    if (write(program.to, &letter, 1) != 1)
        give_up("the program takes no orders");
    return program;
}

static void await_main(const struct program *program)
{
    char letter = 0;
    struct pollfd event = {.fd = program->from, .events = POLLIN};
    if (poll(&event, 1, WAIT_S * 1000) <= 0 || read(program->from, &letter, 1) != 1)
        give_up("the program does not answer");
}

static void end(struct program *program)
{
    (void)close(program->to);
    (void)close(program->from);
    (void)waitpid(program->pid, NULL, 0);
}

static struct look without(const char *library)
{
    struct err err = ERR_INIT;
    AUTO(words) struct words environment = {.count = 0};
    if (agents_environment(NULL, NULL, library, false, &environment, &err) < 0)
        give_up(err.text);
    struct program program = start(&environment);
    await_main(&program);
    struct look look = look_at(program.pid);
    end(&program);
    return look;
}

static bool readable(int fd)
{
    struct pollfd event = {.fd = fd, .events = POLLIN};
    return poll(&event, 1, WAIT_S * 1000) > 0;
}

static void ask(int fd, struct control_line *answer)
{
    control_begin(answer, "stats");
    if (control_send(fd, answer) < 0)
        give_up("the agent takes no requests");
    do
        if (!readable(fd) || control_receive(fd, answer) < 0)
            give_up("the agent does not answer");
    while (!control_is(answer, "stats"));
}

/* The agent's thread: the other one. */
static pid_t agent_thread(pid_t pid)
{
    char path[64];
    pid_t found = -1;
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    for (struct dirent *entry; tasks && (entry = readdir(tasks)) != NULL;) {
        pid_t thread = (pid_t)strtol(entry->d_name, NULL, 10);
        found = thread > 0 && thread != pid ? thread : found;
    }
    if (!tasks || closedir(tasks) < 0 || found < 0)
        give_up("there is no agent's thread");
    return found;
}

/* How often it woke in a time in which nobody asks; its going to sleep may fall into that. */
static int64_t idle_switches(pid_t pid)
{
    char file[64];
    (void)snprintf(file, sizeof file, "task/%d/status", (int)agent_thread(pid));
    int64_t before = read_value(pid, file, "voluntary_ctxt_switches:");
    (void)poll(NULL, 0, IDLE_MS);
    return read_value(pid, file, "voluntary_ctxt_switches:") - before;
}

static bool measure(const struct allocator_entry *entry)
{
    struct err err = ERR_INIT;
    char folder[] = "/tmp/cost_of_agent-XXXXXX";
    AUTO(agents) struct agents agents = AGENTS_INIT;
    AUTO(words) struct words environment = {.count = 0};
    struct control_line line;
    pid_t pid = 0;
    int64_t first_bytes = -1, cpu_before_ns = 0, cpu_ns = 0;
    struct look base = without(entry->library);
    if (!mkdtemp(folder) || agents_open(folder, &agents, &err) < 0 ||
        agents_environment(&agents, TEST_AGENT, entry->library, false, &environment, &err) < 0)
        give_up(err.text);
    struct program program = start(&environment);
    if (!readable(agents.fd))
        give_up("no agent comes");
    AUTO_CLOSE int fd = agents_accept(&agents, &pid);
    await_main(&program);
    struct look look = look_at(program.pid);
    ask(fd, &line);
    (void)control_get_i64(&line, "agent_first_stats_bytes", &first_bytes);
    (void)control_get_i64(&line, "agent_cpu_ns", &cpu_before_ns);
    int64_t switches = idle_switches(program.pid);
    for (int i = 0; i < REQUESTS; i++)
        ask(fd, &line);
    (void)control_get_i64(&line, "agent_cpu_ns", &cpu_ns);
    end(&program);
    agents_close(&agents);
    (void)rmdir(folder);
    int64_t rss_kib = look.rss_kib - base.rss_kib, anon_kib = look.anon_kib - base.anon_kib;
    (void)printf("%-18s %12" PRId64 " %8" PRId64 " %15" PRId64 " %13" PRId64 " %18.1f\n",
                 entry->allocator->name, rss_kib, anon_kib, first_bytes / 1024, switches,
                 (double)(cpu_ns - cpu_before_ns) / REQUESTS / 1000);
    return rss_kib <= RESIDENT_KIB_MAX && anon_kib <= ANON_KIB_MAX && first_bytes >= 0 &&
           first_bytes / 1024 <= FIRST_STATS_KIB_MAX && switches <= 1;
}

int main(void)
{
    bool within = true;
    (void)signal(SIGPIPE, SIG_IGN);
    (void)prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0); /* a page counts as a page, also in children */
    (void)printf("%-18s %12s %8s %15s %13s %18s\n", "row", "resident_kib", "anon_kib",
                 "first_stats_kib", "idle_switches", "cpu_us_per_request");
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++)
        if (!entry->unavailable && !measure(entry))
            within = false;
    return within ? 0 : 1;
}
