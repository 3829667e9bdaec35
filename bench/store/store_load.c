#include "kept.h"
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json_file.h"
#include "pass_json.h"
#include "path.h"
#include "record_json.h"
#include "run_json.h"
#include "samples_csv.h"
#include "store_holds.h"

int store_load_run(const char *dir, struct run *out, struct err *err)
{
    AUTO_FREE char *path = path_join(dir, "run.json");
    if (access(path, R_OK) < 0)
        return err_set(err, -errno, "%s: no run is stored there (run.json: %s)", dir,
                       strerror(errno));
    AUTO_JSON json_t *json = json_file_load(path, err);
    if (!json)
        return -EINVAL;
    return run_json_read(json, out, err) < 0 ? err_wrap(err, "%s", path) : 0;
}

static int load_trial(const char *folder, struct record *out, struct err *err)
{
    AUTO_FREE char *path = path_join(folder, "trial.json");
    AUTO_FREE char *samples = path_join(folder, "samples.csv");
    AUTO_JSON json_t *json = json_file_load(path, err);
    if (!json)
        return -EINVAL;
    int64_t sample_count = RECORD_NA;
    record_init(out);
    if (record_json_read(json, out, &sample_count, err) < 0)
        return err_wrap(err, "%s", path);
    return samples_csv_read(samples, sample_count, out, err);
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* One thing of the run, read from the folder that holds it. */
typedef int load_fn(const char *folder, struct stored_run *out, struct err *err);

/* Every folder below dir/name that was finished, which is when it holds `mark`; `prepare` makes
 * room for as many as there are. */
static int load_folders(const char *dir, const char *name, const char *mark,
                        int (*prepare)(struct stored_run *out, size_t count), load_fn *load,
                        struct stored_run *out, struct err *err)
{
    AUTO_FREE char *below = path_join(dir, "%s", name);
    int code = 0;
    struct dirent **names = NULL;
    int count = scandir(below, &names, not_hidden, alphasort);
    if (count < 0 && errno == ENOENT)
        count = 0; /* interrupted before the first */
    if (count < 0)
        return err_set(err, -errno, "%s: cannot be read: %s", below, strerror(errno));
    if (prepare(out, (size_t)count) < 0)
        code = err_set(err, -ENOMEM, "%s: out of memory for %d folders", below, count);
    for (int i = 0; i < count; i++) {
        AUTO_FREE char *folder = path_join(below, "%s", names[i]->d_name);
        if (code == 0 && store_holds(folder, mark))
            code = load(folder, out, err);
        free(names[i]);
    }
    free(names);
    return code;
}

static int prepare_records(struct stored_run *out, size_t count)
{
    out->records = calloc(count + 1, sizeof *out->records);
    return out->records ? 0 : -ENOMEM;
}

static int load_record(const char *folder, struct stored_run *out, struct err *err)
{
    return load_trial(folder, &out->records[out->record_count++], err);
}

/* Of which allocator the row's first trial was is asked of an outline, too. */
static int load_outline(const char *folder, struct stored_run *out, struct err *err)
{
    AUTO_FREE char *path = path_join(folder, "trial.json");
    struct record *record = &out->records[out->record_count++];
    int64_t unused = RECORD_NA;
    AUTO_JSON json_t *json = json_file_load(path, err);
    record_init(record);
    if (!json)
        return -EINVAL;
    if (record_json_read(json, record, &unused, err) < 0)
        return err_wrap(err, "%s", path);
    record_outline(record);
    return 0;
}

static int prepare_passes(struct stored_run *out, size_t count)
{
    out->passes = calloc(count + 1, sizeof *out->passes);
    return out->passes ? 0 : -ENOMEM;
}

static int load_pass(const char *folder, struct stored_run *out, struct err *err)
{
    struct pass *pass = &out->passes[out->pass_count++];
    pass_init(pass);
    AUTO_FREE char *path = path_join(folder, "pass.json");
    AUTO_JSON json_t *json = json_file_load(path, err);
    if (!json)
        return -EINVAL;
    if (pass_json_read(json, pass, err) < 0)
        return err_wrap(err, "%s", path);
    return store_holds(folder, "trial.json") ? load_trial(folder, &pass->record, err) : 0;
}

static int by_id(const void *a, const void *b)
{
    const struct record *one = a, *other = b;
    int ids = (one->id > other->id) - (one->id < other->id);
    return ids ? ids : (one->attempt > other->attempt) - (one->attempt < other->attempt);
}

static bool of_one_workload(const struct record *a, const struct record *b)
{
    return a->workload && b->workload && strcmp(a->workload, b->workload) == 0;
}

/* The subjects of two trials by name; one that did not come to have any is like every other. */
static bool same_subjects(const struct record *a, const struct record *b)
{
    size_t count = record_subject_count(a);
    if (count == 0 || record_subject_count(b) == 0)
        return true;
    if (count != record_subject_count(b))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(a->roles[i].name, b->roles[i].name) != 0)
            return false;
    return true;
}

/* All trials of a workload measure the same roles: their numbers stand in one table. */
static int check_subjects(const struct stored_run *stored, const char *dir, struct err *err)
{
    for (size_t i = 0; i < stored->record_count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct record *one = &stored->records[j], *other = &stored->records[i];
            if (!of_one_workload(one, other))
                continue;
            if (!same_subjects(one, other))
                return err_set(err, -EINVAL,
                               "%s: trials %" PRId64 " and %" PRId64
                               " of workload '%s' did not measure the same roles",
                               dir, one->id, other->id, one->workload);
            if (record_subject_count(one) > 0)
                break; /* it has been compared with the rest */
        }
    return 0;
}

/* Rows are only compared within blocks, and so within hosts. In order of their numbers the trials
 * of a block follow each other. */
static int check_hosts(const struct stored_run *stored, const char *dir, struct err *err)
{
    for (size_t i = 0; stored->records && i < stored->record_count; i++) {
        const struct record *one = &stored->records[i];
        if (!run_host(&stored->run, one->host))
            return err_set(err, -EINVAL,
                           "%s: trial %" PRId64 " was measured on %s, of which run.json tells "
                           "nothing",
                           dir, one->id, one->host);
    }
    for (size_t i = 1; stored->records && i < stored->record_count; i++) {
        const struct record *one = &stored->records[i - 1], *other = &stored->records[i];
        if (one->block == other->block && of_one_workload(one, other) && one->host && other->host &&
            strcmp(one->host, other->host) != 0)
            return err_set(err, -EINVAL,
                           "%s: block %" PRId64 " of '%s' was measured on %s and on %s, and its "
                           "rows cannot be compared; remove the trials of one of them",
                           dir, other->block, other->workload, one->host, other->host);
    }
    return 0;
}

static int load(const char *dir, bool whole, struct stored_run *out, struct err *err)
{
    AUTO(stored_run) struct stored_run loaded = {.record_count = 0};
    load_fn *trial = whole ? load_record : load_outline;
    int code = store_load_run(dir, &loaded.run, err);
    if (code == 0)
        code = load_folders(dir, "trials", "trial.json", prepare_records, trial, &loaded, err);
    if (code == 0 && whole)
        code = load_folders(dir, "passes", "pass.json", prepare_passes, load_pass, &loaded, err);
    if (code == 0 && whole)
        code = check_subjects(&loaded, dir, err);
    if (loaded.records)
        qsort(loaded.records, loaded.record_count, sizeof *loaded.records, by_id);
    if (code == 0)
        code = kept_load(dir, &loaded, err);
    if (code == 0)
        code = check_hosts(&loaded, dir, err);
    if (code < 0)
        return code;
    loaded.folder = strdup(dir);
    *out = loaded;
    loaded = (struct stored_run){.record_count = 0};
    return 0;
}

int store_load(const char *dir, struct stored_run *out, struct err *err)
{
    return load(dir, true, out, err);
}

int store_load_outline(const char *dir, struct stored_run *out, struct err *err)
{
    return load(dir, false, out, err);
}

void stored_run_release(struct stored_run *stored)
{
    kept_release(stored);
    run_release(&stored->run);
    for (size_t i = 0; i < stored->record_count; i++)
        record_release(&stored->records[i]);
    free(stored->records);
    for (size_t i = 0; i < stored->pass_count; i++)
        pass_release(&stored->passes[i]);
    free(stored->passes);
    free(stored->folder);
    *stored = (struct stored_run){.record_count = 0};
}
