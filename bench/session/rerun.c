#include "rerun.h"

#include <errno.h>
#include <stdbool.h>

#include "folder.h"
#include "lock.h"
#include "path.h"
#include "same_machine.h"

static char *path_of_cycles(const char *dir)
{
    return path_join(dir, "twice");
}

static bool is_there(const char *dir)
{
    AUTO_FREE char *path = path_join(dir, "run.json");
    return access(path, F_OK) == 0;
}

/* A rerun that was broken off before it measured anything is carried out, and not made longer. */
static bool has_block(const struct stored_run *stored, int64_t block)
{
    for (size_t i = 0; i < stored->record_count; i++)
        if (stored->records[i].block == block)
            return true;
    return false;
}

int rerun_blocks(const struct measure *how, struct err *err)
{
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT;
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    int code = store_lock(how->dir, &lock, err);
    if (code == 0)
        code = store_load(how->dir, &stored, err);
    if (code == 0)
        code = same_machine_check(&stored.run, err);
    if (code < 0)
        return code;
    if (has_block(&stored, stored.run.blocks)) {
        stored.run.blocks += RERUN_BLOCKS;
        code = store_extend(how->dir, &stored.run, err);
    }
    struct measure measure = *how;
    measure.stored = &stored;
    measure.passes = false;
    return code < 0 ? code : measure_missing(&measure, err);
}

/* A copy of the run's description with twice the rounds; what it holds stays where it is. Where
 * live is the ledger's it has to be counted again, and no leak tool need run for that. */
int rerun_cycles(const struct measure *how, struct err *err)
{
    static const char *const no_tool[] = {"none"};
    AUTO_FREE char *twice = path_of_cycles(how->dir);
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT;
    AUTO(store_lock) struct store_lock lock_twice = STORE_LOCK_INIT; /* a run of its own */
    AUTO(stored_run) struct stored_run stored = {.record_count = 0};
    int code = store_lock(how->dir, &lock, err);
    if (code == 0)
        code = folder_make(twice, err);
    if (code == 0)
        code = store_lock(twice, &lock_twice, err);
    if (code == 0)
        code = store_load(is_there(twice) ? twice : how->dir, &stored, err);
    if (code == 0)
        code = same_machine_check(&stored.run, err);
    if (code < 0)
        return code;
    if (!is_there(twice)) {
        for (size_t i = 0; i < stored.run.workload_count; i++)
            stored.run.workloads[i].rounds *= 2;
        for (size_t i = 0; i < stored.record_count; i++)
            record_release(&stored.records[i]);
        stored.record_count = 0;
        code = store_create(twice, &stored.run, err);
    }
    struct measure measure = *how;
    measure.dir = twice;
    measure.stored = &stored;
    measure.passes = true;
    measure.leak_tools = no_tool;
    measure.leak_tool_count = ARRAY_LENGTH(no_tool);
    return code < 0 ? code : measure_missing(&measure, err);
}

int rerun_load_cycles(const char *dir, struct stored_run *out, struct err *err)
{
    AUTO_FREE char *twice = path_of_cycles(dir);
    return is_there(twice) ? store_load(twice, out, err) : -ENOENT;
}
