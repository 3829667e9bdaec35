#include "equal_work.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char prefix[] = "work";

/* Those with a formula were checked already. */
static bool is_told(const struct record_counter *counter)
{
    bool named = strncmp(counter->name, prefix, strlen(prefix)) == 0;
    char after = named ? counter->name[strlen(prefix)] : ' ';
    return counter->expected == RECORD_NA && (after == '\0' || after == '.');
}

static void vote(struct equal_work *agreed, const struct record_counter *counter)
{
    size_t i = 0;
    while (i < agreed->count && strcmp(agreed->list[i].name, counter->name) != 0)
        i++;
    if (i == EQUAL_WORK_MAX)
        return;
    if (i == agreed->count) {
        agreed->list[agreed->count++].name = counter->name;
        agreed->list[i].lead = 0;
    }
    if (agreed->list[i].lead == 0)
        agreed->list[i].value = counter->value;
    if (agreed->list[i].value == counter->value)
        agreed->list[i].lead++;
    else
        agreed->list[i].lead--;
}

void equal_work_find(const struct stored_run *stored, const char *workload, struct equal_work *out)
{
    *out = (struct equal_work){.count = 0};
    for (size_t i = 0; i < stored->record_count; i++) {
        const struct record *record = &stored->records[i];
        if (record->outcome != RECORD_VALID || strcmp(record->workload, workload) != 0)
            continue;
        const struct record_role *role = record_primary(record);
        for (size_t c = 0; c < role->counter_count; c++)
            if (is_told(&role->counters[c]))
                vote(out, &role->counters[c]);
    }
}

bool equal_work_done(const struct equal_work *agreed, const struct record *record, char *out,
                     size_t size)
{
    for (size_t i = 0; i < agreed->count; i++) {
        int64_t counted = record_counter(record_primary(record), agreed->list[i].name);
        if (counted == agreed->list[i].value)
            continue;
        (void)snprintf(out, size,
                       "it did other work than the rest: %s is %" PRId64 ", not %" PRId64,
                       agreed->list[i].name, counted, agreed->list[i].value);
        return false;
    }
    return true;
}
