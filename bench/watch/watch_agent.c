#include "watch_agent.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "attach.h"
#include "clock.h"
#include "control.h"
#include "field.h"
#include "record.h"
#include "temporary.h"

static const int64_t answer_ns = 10LL * CLOCK_NS_PER_S;

static void lose(struct watch_agent *agent)
{
    cleanup_close(&agent->fd);
    agent->fd = -1;
}

/* The next line with this verb, or one that refuses. -ETIMEDOUT, -errno. */
static int hear(const struct watch_agent *agent, const char *verb, struct control_line *out)
{
    int64_t until_ns = clock_now_ns() + answer_ns;
    while (clock_now_ns() < until_ns) {
        struct pollfd event = {.fd = agent->fd, .events = POLLIN};
        if (poll(&event, 1, clock_left_ms(until_ns)) <= 0)
            continue;
        int code = control_receive(agent->fd, out);
        if (code < 0 && code != -EAGAIN)
            return code;
        if (code == 0 &&
            (control_is(out, verb) || control_is(out, "refused") || control_is(out, "failed")))
            return 0;
    }
    return -ETIMEDOUT;
}

static int ask(struct watch_agent *agent, const char *verb, const char *answer,
               struct control_line *out)
{
    control_begin(out, verb);
    int code = agent->fd < 0 ? -EPIPE : control_send(agent->fd, out);
    if (code == 0)
        code = hear(agent, answer, out);
    if (code < 0)
        lose(agent);
    return code;
}

/* It has connected, since attach_agent() says so, and says who serves the process. */
static int meet(const struct watch_target *target, struct watch_agent *agent, struct err *err)
{
    struct control_line line;
    char reason[WATCH_AGENT_TEXT_MAX] = "it said nothing";
    pid_t pid = 0;
    agent->fd = agents_accept(&agent->agents, &pid);
    int code = agent->fd < 0 || pid != target->pid ? -EPROTO : hear(agent, "ready", &line);
    if (code == 0 && !control_is(&line, "ready")) {
        (void)control_get(&line, "reason", reason, sizeof reason);
        code = -ENOTSUP;
    }
    if (code < 0)
        return err_set(err, code, "process %d (%s): its agent cannot tell: %s", (int)target->pid,
                       target->name, reason);
    (void)control_get(&line, "allocator", agent->allocator, sizeof agent->allocator);
    (void)control_get(&line, "version", agent->version, sizeof agent->version);
    (void)control_get(&line, "identity", agent->identity, sizeof agent->identity);
    for (int stat = 0; stat < ALLOCATOR_STAT_COUNT; stat++) {
        char key[64];
        (void)snprintf(key, sizeof key, "na.%s", allocator_stat_names[stat]);
        (void)control_get(&line, key, agent->untold[stat], sizeof agent->untold[stat]);
    }
    return 0;
}

int watch_agent_open(const struct watch_target *target, const char *library,
                     struct watch_agent *out, struct err *err)
{
    *out = (struct watch_agent){.agents = AGENTS_INIT, .fd = -1};
    int code = attach_check(target, err);
    if (code == 0)
        code = temporary_open("agents", out->folder, sizeof out->folder, err);
    if (code == 0)
        code = agents_open(out->folder, &out->agents, err);
    if (code == 0)
        code = attach_agent(target, library, &out->agents, &out->stopped_s, err);
    if (code == 0)
        code = meet(target, out, err);
    if (code < 0)
        watch_agent_close(out);
    return code;
}

void watch_agent_read(struct watch_agent *agent, struct watch_reading *reading)
{
    struct control_line line;
    struct allocator_stats stats;
    allocator_stats_init(&stats);
    if (ask(agent, "stats", "stats", &line) < 0)
        return;
    for (int stat = 0; stat < ALLOCATOR_STAT_COUNT; stat++) {
        int64_t value = 0;
        if (control_get_i64(&line, allocator_stat_names[stat], &value) == 0 && value >= 0 &&
            value <= FIELD_I64_MAX)
            stats.value[stat] = value;
    }
    int64_t metadata = stats.value[STAT_METADATA] > 0 ? stats.value[STAT_METADATA] : 0;
    int64_t heap = stats.value[STAT_HEAP];
    reading->live_bytes = stats.value[STAT_LIVE];
    reading->heap_bytes = heap < 0 ? RECORD_NA : heap + metadata;
    reading->allocator_resident_bytes = stats.value[STAT_RESIDENT];
}

const char *watch_agent_release(struct watch_agent *agent, char *out, size_t size)
{
    struct control_line line;
    char call[64] = "", reach[256] = "nobody says";
    int64_t ns = 0;
    if (ask(agent, "release", "released", &line) < 0) {
        (void)snprintf(out, size, "its agent does not answer");
        return out;
    }
    (void)control_get(&line, control_is(&line, "released") ? "reach" : "reason", reach,
                      sizeof reach);
    if (control_get(&line, "call", call, sizeof call) == 0 &&
        control_get_i64(&line, "ns", &ns) == 0)
        (void)snprintf(out, size, "%s took %.2f ms; it reaches %s", call,
                       (double)ns / CLOCK_NS_PER_MS, reach);
    else
        (void)snprintf(out, size, "no call was made: it would reach %s", reach);
    return out;
}

void watch_agent_close(struct watch_agent *agent)
{
    lose(agent);
    agents_close(&agent->agents);
    if (agent->folder[0])
        temporary_remove(agent->folder);
    agent->folder[0] = '\0';
}
