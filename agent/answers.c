#include "answers.h"

#include <errno.h>
#include <stdio.h>

#include "clock.h"
#include "ledger.h"
#include "loaded_object.h"

struct option_sink {
    struct control_line *line;
    answers_send_fn *send;
    void *context;
};

static void add_option(const char *name, const char *value, void *context)
{
    struct option_sink *sink = context;
    control_begin(sink->line, "option");
    control_add(sink->line, "name", name);
    control_add(sink->line, "value", value);
    sink->send(sink->context, sink->line);
}

void answers_options(const struct allocator *row, struct control_line *line, answers_send_fn *send,
                     void *context)
{
    struct option_sink sink = {.line = line, .send = send, .context = context};
    row->options(add_option, &sink);
}

void answers_ready(const struct allocator *row, const char *identity, bool counted,
                   struct control_line *line)
{
    char version[64];
    control_add(line, "allocator", row->name);
    if (row->version(version, sizeof version) == 0)
        control_add(line, "version", version);
    control_add(line, "identity", identity);
    if (row->api())
        control_add(line, "library", loaded_object_owner(row->api()).dli_fname);
    for (int stat = 0; stat < ALLOCATOR_STAT_COUNT; stat++) {
        const char *reason =
            counted && stat == STAT_LIVE ? NULL : row->unavailable((enum allocator_stat)stat);
        char key[64];
        (void)snprintf(key, sizeof key, "na.%s", allocator_stat_names[stat]);
        if (reason)
            control_add(line, key, reason);
    }
}

static void add_own(const struct allocator *row, int64_t live_bytes, struct control_line *line)
{
    int64_t excess = 0;
    if (live_bytes == ALLOCATOR_NA)
        return;
    control_add_i64(line, "own_live_bytes", live_bytes);
    if (row->thread_excess_max_bytes)
        excess = row->thread_excess_max_bytes();
    if (excess != ALLOCATOR_NA)
        control_add_i64(line, "own_thread_excess_max_bytes", excess);
}

static void add_ledger(const struct allocator *row, const struct ledger_counts *ledger,
                       struct allocator_stats *now, struct control_line *line)
{
    add_own(row, now->value[STAT_LIVE], line);
    now->value[STAT_LIVE] = ledger->usable_bytes;
    control_add_i64(line, "ledger_blocks", ledger->blocks);
    control_add_i64(line, "ledger_calls", ledger->calls);
    control_add_i64(line, "ledger_requested_bytes", ledger->requested_bytes);
}

void answers_stats(const struct allocator *row, const struct ledger_counts *ledger,
                   struct control_line *line)
{
    struct allocator_stats now;
    int64_t start_ns = clock_raw_ns();
    int code = row->stats(&now);
    int64_t read_ns = clock_raw_ns() - start_ns;
    control_begin(line, "stats");
    if (code < 0)
        allocator_stats_init(&now);
    if (ledger)
        add_ledger(row, ledger, &now, line);
    for (int stat = 0; stat < ALLOCATOR_STAT_COUNT; stat++)
        if (now.value[stat] != ALLOCATOR_NA)
            control_add_i64(line, allocator_stat_names[stat], now.value[stat]);
    control_add_i64(line, "read_ns", read_ns);
}

void answers_release(const struct allocator *row, struct control_line *line)
{
    if (!row->release) {
        control_begin(line, "released");
        control_add(line, "reach", row->release_reach);
        return;
    }
    int64_t start_ns = clock_raw_ns();
    row->release();
    int64_t ns = clock_raw_ns() - start_ns;
    control_begin(line, "released");
    control_add_i64(line, "ns", ns);
    control_add(line, "call", row->release_call);
    control_add(line, "reach", row->release_reach);
}

void answers_release_outside(const struct allocator *row, struct control_line *line)
{
    if (!row->release_is_by_thread) {
        answers_release(row, line);
        return;
    }
    char reach[256];
    (void)snprintf(reach, sizeof reach,
                   "it was not called: %s reaches %s, and the agent's thread has none",
                   row->release_call, row->release_reach);
    control_begin(line, "released");
    control_add(line, "reach", reach);
}

void answers_dump(const struct allocator *row, struct control_line *line)
{
    row->dump_profile();
    control_begin(line, "dumped");
}

void answers_detail(const struct allocator *row, struct control_line *line)
{
    char path[4096];
    int code = control_get(line, "file", path, sizeof path);
    if (code == 0)
        code = row->detail ? row->detail(path) : -ENOTSUP;
    control_begin(line, "detailed");
    control_add_i64(line, "error", -code);
}
