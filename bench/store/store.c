#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"
#include "json_file.h"
#include "pass_json.h"
#include "path.h"
#include "record_json.h"
#include "run_json.h"
#include "samples_csv.h"
#include "whole_file.h"

enum { PATH_SIZE = 4096 };

int store_create(const char *dir, const struct run *run, struct err *err)
{
    AUTO_FREE char *path = path_join(dir, "run.json");
    int code = folder_make(dir, err);
    if (code < 0)
        return code;
    if (access(path, F_OK) == 0)
        return err_set(err, -EEXIST,
                       "%s holds a run already; finish it with --resume, or choose another folder",
                       dir);
    return store_extend(dir, run, err);
}

int store_extend(const char *dir, const struct run *run, struct err *err)
{
    AUTO_FREE char *path = path_join(dir, "run.json");
    int code = run_json_check(run, err);
    if (code < 0)
        return code;
    AUTO_JSON json_t *json = run_json_write(run);
    return json_file_save(path, json, err);
}

static int load_run(const char *dir, struct run *out, struct err *err);

static int is_same_host(const struct host *known, const struct host *host, struct err *err)
{
    struct host_difference differences[HOST_DIFFERENCES_MAX];
    if (host_differences(known, host, differences) == 0)
        return 0;
    return err_set(err, -EEXIST,
                   "host %s was measured on with %s %s, and has %s now; is it another?", host->name,
                   differences[0].what, differences[0].a, differences[0].b);
}

int store_add_host(const char *dir, const struct host *host, struct err *err)
{
    AUTO(run) struct run run = {.blocks = 0};
    int code = load_run(dir, &run, err);
    if (code < 0)
        return code;
    const struct host *known = run_host(&run, host->name);
    if (known && known->name)
        return is_same_host(known, host, err);
    struct host *hosts = calloc(run.more_host_count + 1, sizeof *hosts);
    if (!hosts)
        return err_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < run.more_host_count; i++)
        hosts[i] = run.more_hosts[i];
    hosts[run.more_host_count] = *host; /* lent until it is written */
    struct run with = run;
    with.more_hosts = hosts;
    with.more_host_count++;
    code = store_extend(dir, &with, err);
    free(hosts);
    return code;
}

/* Is there a file of this name in the folder? */
static bool holds(const char *folder, const char *name)
{
    AUTO_FREE char *path = path_join(folder, "%s", name);
    return access(path, F_OK) == 0;
}

/* A folder that is made again would hold trials of nothing. */
static int make_below(const char *dir, const char *folder, struct err *err)
{
    return holds(dir, "run.json")
               ? folder_make(folder, err)
               : err_set(err, -ENOENT, "%s: the run that was stored there is gone", dir);
}

static int trial_path(const char *dir, const struct record *record, char *out, size_t size,
                      struct err *err)
{
    int length =
        snprintf(out, size, "%s/trials/%04" PRId64 "-%s-b%" PRId64 "-%s-a%" PRId64, dir, record->id,
                 record->workload, record->block, record->row, record->attempt);
    if (length < 0 || (size_t)length >= size)
        return err_set(err, -ENAMETOOLONG, "%s: the path is too long", dir);
    return make_below(dir, out, err);
}

int store_trial_dir(const char *dir, const struct record *record, char *out, size_t size,
                    struct err *err)
{
    int code = trial_path(dir, record, out, size, err);
    return code < 0 ? code : folder_empty(out, err);
}

static int write_samples(FILE *file, void *context)
{
    return samples_csv_write(file, context);
}

static int save_trial(const char *folder, const struct record *record, struct err *err)
{
    AUTO_FREE char *samples = path_join(folder, "samples.csv");
    AUTO_FREE char *trial = path_join(folder, "trial.json");
    union {
        const struct record *in;
        void *out;
    } pointer = {.in = record};
    int code = whole_file_write(samples, write_samples, pointer.out, err);
    if (code < 0)
        return code;
    AUTO_JSON json_t *json = record_json_write(record);
    return json_file_save(trial, json, err);
}

int store_append(const char *dir, const struct record *record, struct err *err)
{
    char folder[PATH_SIZE];
    int code = trial_path(dir, record, folder, sizeof folder, err);
    return code < 0 ? code : save_trial(folder, record, err);
}

/* No name holds a '~', so that two passes never share a folder. */
static int pass_path(const char *dir, const char *workload, const char *row, const char *tool,
                     char *out, size_t size, struct err *err)
{
    int length = snprintf(out, size, "%s/passes/%s~%s~%s", dir, workload, row, tool);
    if (length < 0 || (size_t)length >= size)
        return err_set(err, -ENAMETOOLONG, "%s: the path is too long", dir);
    return make_below(dir, out, err);
}

int store_pass_dir(const char *dir, const char *workload, const char *row, const char *tool,
                   char *out, size_t size, struct err *err)
{
    int code = pass_path(dir, workload, row, tool, out, size, err);
    return code < 0 ? code : folder_empty(out, err);
}

int store_append_pass(const char *dir, const struct pass *pass, struct err *err)
{
    char folder[PATH_SIZE];
    int code = pass_path(dir, pass->workload, pass->row, pass->tool, folder, sizeof folder, err);
    if (code == 0 && pass->record.workload)
        code = save_trial(folder, &pass->record, err);
    if (code < 0)
        return code;
    AUTO_FREE char *path = path_join(folder, "pass.json");
    AUTO_JSON json_t *json = pass_json_write(pass);
    return json_file_save(path, json, err);
}

static int load_run(const char *dir, struct run *out, struct err *err)
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
        if (code == 0 && holds(folder, mark))
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
    return holds(folder, "trial.json") ? load_trial(folder, &pass->record, err) : 0;
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
    for (size_t i = 0; i < stored->record_count; i++) {
        const struct record *one = &stored->records[i];
        if (!run_host(&stored->run, one->host))
            return err_set(err, -EINVAL,
                           "%s: trial %" PRId64 " was measured on %s, of which run.json tells "
                           "nothing",
                           dir, one->id, one->host);
    }
    for (size_t i = 1; i < stored->record_count; i++) {
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

int store_load(const char *dir, struct stored_run *out, struct err *err)
{
    AUTO(stored_run) struct stored_run loaded = {.record_count = 0};
    int code = load_run(dir, &loaded.run, err);
    if (code == 0)
        code =
            load_folders(dir, "trials", "trial.json", prepare_records, load_record, &loaded, err);
    if (code == 0)
        code = load_folders(dir, "passes", "pass.json", prepare_passes, load_pass, &loaded, err);
    if (code == 0)
        code = check_subjects(&loaded, dir, err);
    if (loaded.records)
        qsort(loaded.records, loaded.record_count, sizeof *loaded.records, by_id);
    if (code == 0)
        code = check_hosts(&loaded, dir, err);
    if (code < 0)
        return code;
    loaded.folder = strdup(dir);
    *out = loaded;
    loaded = (struct stored_run){.record_count = 0};
    return 0;
}

void stored_run_release(struct stored_run *stored)
{
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
