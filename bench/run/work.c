#include "work.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "line.h"

enum { NAME_SIZE = 64, VALUE_SIZE = 1024 };

int work_add_option(struct record_role *subject, const struct control_line *line)
{
    char name[NAME_SIZE];
    char value[VALUE_SIZE];
    if (control_get(line, "name", name, sizeof name) < 0 ||
        control_get(line, "value", value, sizeof value) < 0)
        return -EPROTO;
    struct record_pair *options =
        reallocarray(subject->options, subject->option_count + 1, sizeof *options);
    if (!options)
        return -ENOMEM;
    subject->options = options;
    options[subject->option_count++] =
        (struct record_pair){.name = strdup(name), .value = strdup(value)};
    return 0;
}

int work_read_ready(struct record_role *subject, const struct control_line *line)
{
    const struct {
        const char *key;
        char **into;
        bool may_lack; /* a program of the user's has none */
    } texts[] = {
        {"allocator", &subject->allocator, false}, {"version", &subject->version, false},
        {"identity", &subject->identity, false},   {"endpoint", &subject->endpoint, true},
        {"library", &subject->library, true},
    };
    char value[VALUE_SIZE];
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        if (control_get(line, texts[i].key, value, sizeof value) < 0) {
            if (texts[i].may_lack)
                continue;
            return -EPROTO;
        }
        free(*texts[i].into);
        *texts[i].into = strdup(value);
    }
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++) {
        char key[NAME_SIZE];
        (void)snprintf(key, sizeof key, "na.%s", allocator_stat_names[i]);
        if (control_get(line, key, value, sizeof value) == 0) {
            free(subject->unavailable[i]);
            subject->unavailable[i] = strdup(value);
        }
    }
    return 0;
}

int work_set_counter(struct record_role *subject, const char *name, int64_t value)
{
    for (size_t i = 0; i < subject->counter_count; i++)
        if (strcmp(subject->counters[i].name, name) == 0) {
            subject->counters[i].value = value;
            return 0;
        }
    struct record_counter *counters =
        reallocarray(subject->counters, subject->counter_count + 1, sizeof *counters);
    if (!counters)
        return -ENOMEM;
    subject->counters = counters;
    counters[subject->counter_count++] =
        (struct record_counter){.name = strdup(name), .value = value, .expected = RECORD_NA};
    return 0;
}

/* Index of a statistic by name, or -1. */
static int stat_index(const char *name)
{
    for (int i = 0; i < ALLOCATOR_STAT_COUNT; i++)
        if (strcmp(allocator_stat_names[i], name) == 0)
            return i;
    return -1;
}

int work_read_stats(struct record_role *subject, const struct control_line *line,
                    struct allocator_stats *out, int64_t *out_read_ns)
{
    struct allocator_stats stats;
    int64_t read_ns = RECORD_NA;
    char name[NAME_SIZE];
    char value[NAME_SIZE];
    size_t cursor = 0;
    int code = 0;
    allocator_stats_init(&stats);
    while ((code = control_next(line, &cursor, name, sizeof name, value, sizeof value)) > 0) {
        int64_t number = 0;
        if (control_get_i64(line, name, &number) < 0 || number < 0 || number > FIELD_I64_MAX)
            return -EPROTO;
        int stat = stat_index(name);
        if (stat >= 0)
            stats.value[stat] = number;
        else if (strcmp(name, "read_ns") == 0)
            read_ns = number;
        else if (work_set_counter(subject, name, number) < 0)
            return -ENOMEM;
    }
    if (code < 0 || read_ns < 0)
        return -EPROTO;
    *out = stats;
    *out_read_ns = read_ns;
    return 0;
}

/* Where it is there, and is a figure that can be stored. */
static void read_number(const struct control_line *line, const char *key, int64_t *out)
{
    int64_t number = 0;
    if (control_get_i64(line, key, &number) == 0 && number >= 0 && number <= FIELD_I64_MAX)
        *out = number;
}

void work_read_released(struct record_role *subject, const struct control_line *line)
{
    char text[VALUE_SIZE];
    read_number(line, "ns", &subject->release_ns);
    if (control_get(line, "call", text, sizeof text) == 0 && !subject->release_call)
        subject->release_call = strdup(text);
    if (control_get(line, "reach", text, sizeof text) == 0 && !subject->release_reach)
        subject->release_reach = strdup(text);
}

void work_read_exit(struct record_role *subject, const struct control_line *line)
{
    read_number(line, "live_blocks", &subject->exit_blocks);
    read_number(line, "live_bytes", &subject->exit_bytes);
    read_number(line, "cpu_ns", &subject->exit_cpu_ns);
}

int work_add_joins(struct record *record, const struct control_line *line)
{
    char list[CONTROL_LINE_MAX];
    int code = control_get(line, "join_ns", list, sizeof list);
    if (code == -ENOENT)
        return 0;
    if (code < 0)
        return code;
    for (char *rest = list, *word; (word = strsep(&rest, ",")) != NULL;) {
        struct line digits = {word, strlen(word)};
        int64_t join_ns = 0;
        if (!line_take_count(&digits, &join_ns) || digits.length > 0 || join_ns > FIELD_I64_MAX)
            return -EPROTO;
        record_add_join(record, join_ns);
    }
    return 0;
}

static void invalidate(struct record *record, const char *reason)
{
    record->outcome = RECORD_INVALID;
    free(record->reason);
    record->reason = strdup(reason);
}

static void mismatch(struct record *record, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The first one is the reason. */
static void mismatch(struct record *record, const char *format, ...)
{
    char reason[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    if (record->outcome == RECORD_VALID)
        invalidate(record, reason);
}

static struct record_counter *find_counter(struct record_role *role, const char *name)
{
    for (size_t i = 0; i < role->counter_count; i++)
        if (strcmp(role->counters[i].name, name) == 0)
            return &role->counters[i];
    return NULL;
}

static void check_one(struct record *record, const struct scenario_work *work,
                      const struct workload *workload)
{
    int index = record_find_role(record, work->role);
    struct record_counter *counter =
        index < 0 ? NULL : find_counter(&record->roles[index], work->counter);
    int64_t expected = work->expected(workload);
    if (!counter) {
        mismatch(record, "%s did not report its counter %s", work->role, work->counter);
        return;
    }
    counter->expected = expected < 0 ? RECORD_NA : expected;
    if (expected >= 0 && counter->value != expected)
        mismatch(record,
                 "the work does not match: %s counted %s %" PRId64
                 ", the plan's formula says %" PRId64,
                 work->role, work->counter, counter->value, expected);
}

void work_check(const struct scenario *scenario, const struct workload *workload,
                struct record *record)
{
    for (const struct scenario_work *work = scenario->work; work && work->role; work++)
        check_one(record, work, workload);
    if (record->cycles_done != record->cycles_planned)
        mismatch(record, "%" PRId64 " cycles were done, and not the %" PRId64 " that were planned",
                 record->cycles_done, record->cycles_planned);
}
