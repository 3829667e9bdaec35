#include "agent_thread.h"

#include <linux/close_range.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent_cost.h"
#include "agent_filter.h"
#include "answers.h"
#include "cleanup.h"

static const char filtered[] = "the program's seccomp filter would punish what this does";

/* From here on this thread's descriptors are nobody else's, and the program's are not its. */
static void leave_descriptors(void)
{
    if (syscall(SYS_close_range, 0U, ~0U, CLOSE_RANGE_UNSHARE) < 0)
        (void)unshare(CLONE_FILES); /* before Linux 5.9, or forbidden */
}

static void send_line(void *channel, struct control_line *line)
{
    (void)agent_channel_say(channel, line);
}

static void add_process(const struct agent_thread *agent, struct control_line *line)
{
    control_add(line, "role", "program");
    control_add_i64(line, "pid", getpid());
    control_add_i64(line, "parent", agent->parent);
    control_add(line, "program", agent->program);
    control_add(line, "began", agent->began);
}

static void announce(struct agent_thread *agent, struct agent_channel *channel)
{
    struct control_line *line = &agent->line;
    const struct serving *serving = &agent->serving;
    if (serving->row)
        answers_options(serving->row, line, send_line, channel);
    control_begin(line, serving->row ? "ready" : "refused");
    add_process(agent, line);
    if (serving->also[0])
        control_add(line, "also", serving->also);
    if (serving->row)
        answers_ready(serving->row, serving->identity, agent->ledger != NULL, line);
    else
        control_add(line, "reason", serving->identity);
    (void)agent_channel_say(channel, line);
}

static void say_stats(struct agent_thread *agent, struct control_line *line)
{
    struct ledger_counts counts;
    bool looks = !agent->spoke_stats && agent_filter_lets(AGENT_WRITE);
    int64_t before_bytes = looks ? agent_cost_resident_bytes() : -1;
    if (agent->ledger)
        agent->ledger(&counts);
    answers_stats(agent->serving.row, agent->ledger ? &counts : NULL, line);
    if (looks)
        agent_cost_first_stats(before_bytes);
    agent->spoke_stats = true;
    agent_cost_add(line);
}

static void say_released(const struct agent_thread *agent, struct control_line *line)
{
    if (agent_filter_lets(AGENT_RELEASE)) {
        answers_release_outside(agent->serving.row, line);
        return;
    }
    control_begin(line, "released");
    control_add(line, "reach", "it was not called: the program's seccomp filter would punish it");
}

static void answer(struct agent_thread *agent, const struct agent_channel *channel)
{
    struct control_line *line = &agent->line;
    const struct allocator *row = agent->serving.row;
    if (row && control_is(line, "stats")) {
        say_stats(agent, line);
    } else if (row && control_is(line, "release")) {
        say_released(agent, line);
    } else if (row && row->dump_profile && control_is(line, "dump") &&
               agent_filter_lets(AGENT_WRITE)) {
        answers_dump(row, line);
    } else if (row && control_is(line, "detail") && agent_filter_lets(AGENT_WRITE)) {
        answers_detail(row, line);
    } else {
        bool known =
            control_is(line, "detail") || (row && row->dump_profile && control_is(line, "dump"));
        control_begin(line, "failed");
        control_add(line, "reason",
                    !row    ? "nobody here knows the allocator that serves this process"
                    : known ? filtered
                            : "the driver asked for what no agent understands");
    }
    (void)agent_channel_say(channel, line);
}

/* Cancelled only while it waits: never within the allocator. */
static int hear(const struct agent_channel *channel, struct control_line *line)
{
    (void)pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    int code = agent_channel_hear(channel, line);
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    return code;
}

static void close_channel(void *channel)
{
    agent_channel_close(channel);
}

void *agent_thread_main(void *thread)
{
    struct agent_thread *agent = thread;
    struct agent_channel channel;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    if (agent->sockets) {
        (void)prctl(PR_SET_NAME, "heapchurn");
        leave_descriptors();
    }
    bool open = agent_channel_open(&agent->doors, agent->sockets, &channel);
    pthread_cleanup_push(close_channel, &channel);
    if (open)
        announce(agent, &channel);
    agent->heard = open;
    (void)sem_post(&agent->connected);
    while (open && hear(&channel, &agent->line) == 0)
        answer(agent, &channel);
    pthread_cleanup_pop(1);
    return NULL;
}

void agent_thread_refuse(struct agent_thread *agent, const char *reason)
{
    struct agent_channel channel;
    if (!agent_channel_open(&agent->doors, agent->sockets, &channel))
        return;
    control_begin(&agent->line, "refused");
    add_process(agent, &agent->line);
    control_add(&agent->line, "reason", reason);
    (void)agent_channel_say(&channel, &agent->line);
    agent_channel_close(&channel);
}
