#include "subject.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocator.h"
#include "answers.h"
#include "cleanup.h"
#include "ledger.h"
#include "text.h"

static void answer(struct subject *subject);
static void add_counters(struct subject *subject, const struct subject_counter *counters,
                         int count);
static void send_option(void *context, struct control_line *line);
static void send_released(struct subject *subject);
static int begin_tool(struct subject *subject, int proved);
static void send_detail(struct subject *subject);
static int store_goals(struct subject *subject);
static void give_back_runtimes(void);

int subject_open(struct subject *subject, const char *role)
{
    *subject = (struct subject){.fd = control_inherited_fd(), .role = role};
    int rc = begin_tool(subject, identity_prove(subject->identity, sizeof subject->identity));
    if (rc == 0 && allocator_linked.check_settings &&
        allocator_linked.check_settings(subject->identity, sizeof subject->identity) < 0)
        rc = -EPERM;
    if (rc < 0) {
        control_begin(&subject->line, "refused");
        control_add(&subject->line, "reason", subject->identity);
        answer(subject);
    }
    if (rc < 0 || subject->fd < 0)
        (void)fprintf(stderr, "%s: %s: %s\n", role, rc < 0 ? "refused" : allocator_linked.name,
                      subject->identity);
    return rc;
}

void subject_ready(struct subject *subject, const char *endpoint)
{
    answers_options(&allocator_linked, &subject->line, send_option, subject);
    control_begin(&subject->line, "ready");
    control_add(&subject->line, "role", subject->role);
    control_add_i64(&subject->line, "pid", getpid());
    control_add(&subject->line, "endpoint", endpoint);
    answers_ready(&allocator_linked, subject->identity, subject->ledger != NULL, &subject->line);
    answer(subject);
}

enum subject_request subject_next(struct subject *subject)
{
    struct pollfd readable = {.fd = subject->fd, .events = POLLIN};
    if (poll(&readable, 1, 0) <= 0)
        return SUBJECT_NOTHING;
    int rc = control_receive(subject->fd, &subject->line);
    if (rc == -EAGAIN)
        return SUBJECT_NOTHING;
    if (rc == -EPROTO)
        subject_failed(subject, "the driver sent a record that is no line");
    if (rc < 0 || control_is(&subject->line, "leave"))
        return SUBJECT_LEAVE;
    if (control_is(&subject->line, "step"))
        return SUBJECT_STEP;
    if (control_is(&subject->line, "release")) {
        send_released(subject);
        return SUBJECT_NOTHING;
    }
    if (control_is(&subject->line, "dump") && allocator_linked.dump_profile) {
        answers_dump(&allocator_linked, &subject->line);
        answer(subject);
        return SUBJECT_NOTHING;
    }
    if (control_is(&subject->line, "detail")) {
        send_detail(subject);
        return SUBJECT_NOTHING;
    }
    if (control_is(&subject->line, "stats") && store_goals(subject) == 0)
        return SUBJECT_STATS;
    char request[128];
    subject_failed(subject, "the driver asked for '%s', which is not understood",
                   text_copy(request, sizeof request, subject->line.text));
    return SUBJECT_LEAVE;
}

void subject_stats_due(struct subject *subject, const struct subject_counter *counters, int count)
{
    if (!subject->stats_pending)
        return;
    for (int i = 0; i < subject->goal_count; i++) {
        bool reached = false;
        for (int j = 0; j < count; j++) {
            if (strcmp(subject->goals[i].name, counters[j].name) == 0)
                reached = counters[j].value >= subject->goals[i].value;
        }
        if (!reached)
            return;
    }
    subject->stats_pending = false;

    struct ledger_counts counts;
    if (subject->ledger)
        subject->ledger(&counts);
    answers_stats(&allocator_linked, subject->ledger ? &counts : NULL, &subject->line);
    add_counters(subject, counters, count);
    answer(subject);
}

void subject_failed(struct subject *subject, const char *format, ...)
{
    char reason[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    if (subject->fd < 0)
        (void)fprintf(stderr, "%s: %s\n", subject->role, reason);
    control_begin(&subject->line, "failed");
    control_add(&subject->line, "reason", reason);
    answer(subject);
}

void subject_finish(struct subject *subject, const struct subject_counter *counters, int count)
{
    struct allocator_leftover left = {.blocks = ALLOCATOR_NA, .bytes = ALLOCATOR_NA};
    give_back_runtimes();
    if (allocator_linked.live_at_exit && allocator_linked.live_at_exit(&left) < 0)
        left = (struct allocator_leftover){.blocks = ALLOCATOR_NA, .bytes = ALLOCATOR_NA};
    struct ledger_counts counts = {0};
    if (subject->ledger) {
        subject->ledger(&counts);
        left = (struct allocator_leftover){.blocks = counts.blocks, .bytes = counts.usable_bytes};
    }
    if (subject->tool && allocator_linked.trace)
        allocator_linked.trace(false);
    control_begin(&subject->line, "exit");
    if (left.blocks != ALLOCATOR_NA)
        control_add_i64(&subject->line, "live_blocks", left.blocks);
    if (left.bytes != ALLOCATOR_NA)
        control_add_i64(&subject->line, "live_bytes", left.bytes);
    if (subject->ledger)
        control_add_i64(&subject->line, "ledger_calls", counts.calls);
    add_counters(subject, counters, count);
    answer(subject);
}

/* Before there are threads: dlsym() may allocate. */
static int begin_tool(struct subject *subject, int proved)
{
    subject->tool = getenv(SUBJECT_TOOL_ENV);
    if (!subject->tool)
        return proved;
    if (proved < 0)
        (void)snprintf(subject->identity, sizeof subject->identity, "not proved: runs under %s",
                       subject->tool);
    subject->ledger = (ledger_read_fn *)dlsym(RTLD_DEFAULT, LEDGER_READ);
    if (allocator_linked.trace)
        allocator_linked.trace(true);
    return 0;
}

/* That the driver is gone is noticed by the next read, as the end of the channel. */
static void answer(struct subject *subject)
{
    if (subject->fd >= 0)
        (void)control_send(subject->fd, &subject->line);
}

static void add_counters(struct subject *subject, const struct subject_counter *counters, int count)
{
    for (int i = 0; i < count; i++)
        control_add_i64(&subject->line, counters[i].name, counters[i].value);
}

static void send_option(void *context, struct control_line *line)
{
    struct subject *subject = context;
    if (subject->fd >= 0)
        (void)control_send(subject->fd, line);
}

static void send_released(struct subject *subject)
{
    answers_release(&allocator_linked, &subject->line);
    answer(subject);
}

static void send_detail(struct subject *subject)
{
    answers_detail(&allocator_linked, &subject->line);
    answer(subject);
}

/* "stats at.leaves_heard=8": only at.NAME=N, and no more than there is room for. */
static int store_goals(struct subject *subject)
{
    char key[SUBJECT_NAME_MAX + 3];
    char value[32];
    size_t cursor = 0;
    int count = 0;
    int rc;
    while ((rc = control_next(&subject->line, &cursor, key, sizeof key, value, sizeof value)) > 0) {
        if (count == SUBJECT_GOALS_MAX || strncmp(key, "at.", 3) != 0 ||
            control_get_i64(&subject->line, key, &subject->goals[count].value) < 0)
            return -EPROTO;
        (void)text_copy(subject->goals[count].name, SUBJECT_NAME_MAX, key + 3);
        count++;
    }
    subject->goal_count = count;
    subject->stats_pending = rc == 0;
    return rc;
}

/* libstdc++'s emergency pool (72704 bytes), and libc's cached thread stacks and tables: without
 * them a clean process has nothing left. Each is looked up since neither is in a header. */
static void give_back_runtimes(void)
{
    static const char *const names[] = {"_ZN9__gnu_cxx9__freeresEv", "__libc_freeres"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        void (*give_back)(void) = (void (*)(void))dlsym(RTLD_DEFAULT, names[i]);
        if (give_back)
            give_back();
    }
}
