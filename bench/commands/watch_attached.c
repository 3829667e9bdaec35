#include "watch_attached.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "path.h"
#include "paths.h"
#include "record.h"
#include "units.h"
#include "watch_curve.h"
#include "watch_view.h"
#include "wrap.h"

enum { SETTLE_MS = 500 };

static int find_library(char **out, struct err *err)
{
    char programs[PATHS_MAX];
    char libraries[PATHS_MAX];
    int code = paths_programs(programs, err);
    if (code == 0)
        code = paths_libraries(programs, libraries, err);
    if (code < 0)
        return code;
    AUTO_FREE char *path = path_join(libraries, "libheapchurn-agent.so");
    *out = realpath(path, NULL);
    return *out ? 0 : err_set(err, -errno, "%s: %s", path, strerror(errno));
}

int watch_attached_begin(const struct watch_target *target, struct watch_agent *agent,
                         const struct text_style *style, struct err *err)
{
    char text[2 * WATCH_AGENT_TEXT_MAX];
    AUTO_FREE char *library = NULL;
    int code = find_library(&library, err);
    if (code < 0)
        return code;
    (void)fprintf(stderr, "heapchurn: gdb stops process %d for a moment and has it load %s\n",
                  (int)target->pid, library);
    code = watch_agent_open(target, library, agent, err);
    if (code < 0)
        return code;
    (void)snprintf(
        text, sizeof text,
        "%s %s serves it: %s. It was stopped for %.2f s. Processes that it forks have no agent.",
        agent->allocator, agent->version, agent->identity, agent->stopped_s);
    wrap_print(stdout, style, LOOK_PLAIN, "", 0, text);
    return 0;
}

void watch_attached_look(struct watch_agent *agent, struct watch_reading *reading)
{
    watch_agent_read(agent, reading);
    watch_curve_parts(reading);
}

/* A look with everything: false when the process has ended. */
static bool look(const struct watch_target *target, struct watch_agent *agent,
                 struct watch_reading *out)
{
    AUTO(mappings) struct mappings mappings = {.count = 0};
    if (watch_target_read_mappings(target, out, &mappings) < 0)
        return false;
    watch_attached_look(agent, out);
    return true;
}

static const char *mib(int64_t bytes, char *out, size_t size)
{
    if (bytes == RECORD_NA)
        (void)snprintf(out, size, "n/a");
    else
        (void)units_format_bytes((double)bytes, out, size);
    return out;
}

void watch_attached_release(const struct watch_target *target, struct watch_agent *agent,
                            const struct text_style *style)
{
    enum { CELL = 32 };
    struct watch_reading before, after;
    char answer[WATCH_AGENT_TEXT_MAX], text[WATCH_AGENT_TEXT_MAX + 64];
    char left[CELL], right[CELL];
    if (!look(target, agent, &before))
        return;
    (void)watch_agent_release(agent, answer, sizeof answer);
    (void)poll(NULL, 0, SETTLE_MS); /* some give back a little later */
    (void)printf("\n");
    (void)snprintf(text, sizeof text, "giving back: %s", answer);
    wrap_print(stdout, style, LOOK_PLAIN, "", 0, text);
    if (!look(target, agent, &after))
        return;
    const struct {
        const char *name;
        int64_t before, after;
    } rows[] = {
        {"RSS", before.rss_bytes, after.rss_bytes},
        {"anonymous", before.anon_bytes, after.anon_bytes},
        {"live", before.live_bytes, after.live_bytes},
        {"kept", before.kept_bytes, after.kept_bytes},
    };
    (void)printf("%-16s %10s %10s\n", "", "before", "after");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        (void)printf("%-16s %10s %10s\n", rows[i].name, mib(rows[i].before, left, sizeof left),
                     mib(rows[i].after, right, sizeof right));
}

void watch_attached_end(const struct watch_agent *agent, const struct text_style *style)
{
    char text[512];
    static const enum allocator_stat shown[] = {STAT_LIVE, STAT_HEAP};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (agent->untold[shown[i]][0]) {
            (void)snprintf(text, sizeof text, "%s of %s is n/a: %s",
                           shown[i] == STAT_LIVE ? "LIVE" : "What is committed", agent->allocator,
                           agent->untold[shown[i]]);
            wrap_print(stdout, style, LOOK_PLAIN, "", 0, text);
        }
    wrap_print(stdout, style, LOOK_PLAIN, "", 0,
               agent->fd < 0 ? "The agent went before the end: the process ended, or runs "
                               "another program by now."
                             : "The agent's thread ends with this; its library stays in the "
                               "process.");
}
