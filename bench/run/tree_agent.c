#include "tree_agent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "field.h"
#include "library_look.h"

static const char gone[] = "its agent has left it: it ended, or runs another program";

enum { TEXT_SIZE = 1024 };

static void say(char **into, const char *text)
{
    free(*into);
    *into = text ? strdup(text) : NULL;
}

/* All but its last words. */
static void leave(struct tree_agent *agent)
{
    char *allocator = agent->last_allocator, *sentence = agent->last_sentence;
    cleanup_close(&agent->fd);
    free(agent->allocator);
    free(agent->sentence);
    *agent = TREE_AGENT_INIT;
    agent->last_allocator = allocator;
    agent->last_sentence = sentence;
}

void tree_agent_forget(struct tree_agent *agent)
{
    say(&agent->last_allocator, NULL);
    say(&agent->last_sentence, NULL);
}

void tree_agent_close(struct tree_agent *agent)
{
    tree_agent_forget(agent);
    leave(agent);
}

void tree_agent_dismiss(struct tree_agent *agent, const char *why)
{
    leave(agent);
    say(&agent->sentence, why);
}

void tree_agent_ask(struct tree_agent *agent, const char *verb)
{
    struct control_line line;
    agent->owed++;
    control_begin(&line, verb);
    if (control_send(agent->fd, &line) < 0)
        tree_agent_dismiss(agent, gone);
}

void tree_agent_adopt(struct tree_agent *agent, int fd)
{
    tree_agent_close(agent);
    agent->fd = fd;
    allocator_stats_init(&agent->stats);
    tree_agent_ask(agent, "stats");
}

static void hear_who(struct tree_agent *agent, const struct control_line *line,
                     const char *allocator, const char *library)
{
    char text[TEXT_SIZE];
    bool ready = control_is(line, "ready");
    if (control_get(line, "began", text, sizeof text) == 0)
        agent->forked = strcmp(text, "fork") == 0;
    if (ready && control_get(line, "allocator", text, sizeof text) == 0)
        say(&agent->allocator, text);
    if (control_get(line, ready ? "identity" : "reason", text, sizeof text) == 0)
        say(&agent->sentence, text);
    say(&agent->last_allocator, agent->allocator);
    say(&agent->last_sentence, agent->sentence);
    agent->proved = ready && agent->allocator && strcmp(agent->allocator, allocator) == 0 &&
                    (!library || (control_get(line, "library", text, sizeof text) == 0 &&
                                  library_same(text, library)));
}

static void hear_stats(struct tree_agent *agent, const struct control_line *line)
{
    allocator_stats_init(&agent->stats);
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++) {
        int64_t value = 0;
        if (control_get_i64(line, allocator_stat_names[i], &value) == 0 && value >= 0 &&
            value <= FIELD_I64_MAX)
            agent->stats.value[i] = value;
    }
    if (!agent->born)
        agent->birth = agent->stats;
    agent->born = true;
}

void tree_agent_hear(struct tree_agent *agent, const char *allocator, const char *library)
{
    struct control_line line;
    int code = 0;
    while (agent->fd >= 0 && (code = control_receive(agent->fd, &line)) == 0) {
        if (control_is(&line, "option"))
            continue;
        if (control_is(&line, "ready") || control_is(&line, "refused")) {
            hear_who(agent, &line, allocator, library);
            continue;
        }
        if (control_is(&line, "stats"))
            hear_stats(agent, &line);
        agent->owed--;
    }
    if (agent->fd >= 0 && code != -EAGAIN && code != -EINTR)
        tree_agent_dismiss(agent, gone);
}
