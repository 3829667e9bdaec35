#include "agent_cost.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent_filter.h"
#include "cleanup.h"
#include "clock.h"

static int64_t requests, begin_bytes = -1, first_stats_bytes = -1;

int64_t agent_cost_resident_bytes(void)
{
    char text[128];
    char *end = NULL;
    AUTO_CLOSE int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (length <= 0)
        return -1;
    text[length] = '\0';
    (void)strtoll(text, &end, 10); /* size, resident, … in pages */
    return strtoll(end, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static int64_t beyond(int64_t before_bytes)
{
    int64_t now_bytes = before_bytes < 0 ? -1 : agent_cost_resident_bytes();
    return now_bytes < 0 ? -1 : now_bytes > before_bytes ? now_bytes - before_bytes : 0;
}

void agent_cost_begun(int64_t before_bytes)
{
    begin_bytes = beyond(before_bytes);
}

void agent_cost_first_stats(int64_t before_bytes)
{
    first_stats_bytes = beyond(before_bytes);
}

void agent_cost_add(struct control_line *line)
{
    requests++;
    control_add_i64(line, "agent_requests", requests);
    if (!agent_filter_is_set())
        control_add_i64(line, "agent_cpu_ns", clock_thread_cpu_ns());
    if (begin_bytes >= 0)
        control_add_i64(line, "agent_begin_bytes", begin_bytes);
    if (first_stats_bytes >= 0)
        control_add_i64(line, "agent_first_stats_bytes", first_stats_bytes);
}

void agent_cost_fork(void)
{
    requests = 0;
    begin_bytes = first_stats_bytes = -1;
}
