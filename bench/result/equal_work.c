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

static size_t find(const struct equal_work *agreed, const char *name)
{
    size_t i = 0;
    while (i < agreed->count && strcmp(agreed->list[i].name, name) != 0)
        i++;
    return i;
}

/* The first pass: which value could have a majority. */
static void propose(struct equal_work *agreed, const struct record_counter *counter)
{
    size_t i = find(agreed, counter->name);
    if (i == EQUAL_WORK_MAX)
        return;
    if (i == agreed->count) {
        agreed->list[i].name = counter->name;
        agreed->count++;
    }
    if (agreed->list[i].lead == 0)
        agreed->list[i].value = counter->value;
    if (agreed->list[i].value == counter->value)
        agreed->list[i].lead++;
    else
        agreed->list[i].lead--;
}

/* The second: has it one. */
static void count(struct equal_work *agreed, const struct record_counter *counter)
{
    size_t i = find(agreed, counter->name);
    if (i == agreed->count)
        return;
    agreed->list[i].trials++;
    agreed->list[i].votes += agreed->list[i].value == counter->value;
}

/* The last valid attempt at a trial of this workload; attempts at one follow each other. */
static bool has_vote(const struct stored_run *stored, const char *workload, size_t index)
{
    const struct record *record = &stored->records[index];
    if (record->outcome != RECORD_VALID || strcmp(record->workload, workload) != 0)
        return false;
    for (size_t i = index + 1; i < stored->record_count && stored->records[i].id == record->id; i++)
        if (stored->records[i].outcome == RECORD_VALID)
            return false;
    return true;
}

static void poll(const struct stored_run *stored, const char *workload,
                 void (*take)(struct equal_work *, const struct record_counter *),
                 struct equal_work *out)
{
    for (size_t i = 0; i < stored->record_count; i++) {
        const struct record_role *role = record_primary(&stored->records[i]);
        for (size_t c = 0; has_vote(stored, workload, i) && c < role->counter_count; c++)
            if (is_told(&role->counters[c]))
                take(out, &role->counters[c]);
    }
}

void equal_work_find(const struct stored_run *stored, const char *workload, struct equal_work *out)
{
    *out = (struct equal_work){.count = 0};
    poll(stored, workload, propose, out);
    poll(stored, workload, count, out);
}

bool equal_work_done(const struct equal_work *agreed, const struct record *record, char *out,
                     size_t size)
{
    for (size_t i = 0; i < agreed->count; i++) {
        int64_t counted = record_counter(record_primary(record), agreed->list[i].name);
        bool settled = 2 * agreed->list[i].votes > agreed->list[i].trials;
        if (settled && counted == agreed->list[i].value)
            continue;
        if (!settled)
            (void)snprintf(out, size,
                           "the trials did not do the same: %s is %" PRId64
                           " here, and no number is that of most",
                           agreed->list[i].name, counted);
        else
            (void)snprintf(out, size,
                           "it did other work than the rest: %s is %" PRId64 ", not %" PRId64,
                           agreed->list[i].name, counted, agreed->list[i].value);
        return false;
    }
    return true;
}
