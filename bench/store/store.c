#include "store.h"

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
#include "store_holds.h"
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

static int is_same_host(const struct host *known, const struct host *host, struct err *err)
{
    struct host_difference differences[HOST_DIFFERENCES_MAX];
    if (host_differences(known, host, differences) == 0)
        return 0;
    return err_set(err, -EEXIST,
                   "host %s was measured on with %s %s, and has %s now; is it another?", host->name,
                   differences[0].what, differences[0].a, differences[0].b);
}

int store_begin_on(const char *dir, const struct host *host, struct err *err)
{
    AUTO(run) struct run run = {.blocks = 0};
    int code = store_load_run(dir, &run, err);
    if (code < 0)
        return code;
    struct run with = run;
    with.host = *host; /* lent until it is written */
    with.more_host_count = 0;
    if (host->pinning)
        with.pinning = host->pinning;
    return store_extend(dir, &with, err);
}

int store_add_host(const char *dir, const struct host *host, struct err *err)
{
    AUTO(run) struct run run = {.blocks = 0};
    int code = store_load_run(dir, &run, err);
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

/* A folder that is made again would hold trials of nothing. */
static int make_below(const char *dir, const char *folder, struct err *err)
{
    return store_holds(dir, "run.json")
               ? folder_make(folder, err)
               : err_set(err, -ENOENT, "%s: the run that was stored there is gone", dir);
}

static int trial_name(const char *dir, const struct record *record, char *out, size_t size,
                      struct err *err)
{
    int length =
        snprintf(out, size, "%s/trials/%04" PRId64 "-%s-b%" PRId64 "-%s-a%" PRId64, dir, record->id,
                 record->workload, record->block, record->row, record->attempt);
    return length < 0 || (size_t)length >= size
               ? err_set(err, -ENAMETOOLONG, "%s: the path is too long", dir)
               : 0;
}

static int trial_path(const char *dir, const struct record *record, char *out, size_t size,
                      struct err *err)
{
    int code = trial_name(dir, record, out, size, err);
    return code < 0 ? code : make_below(dir, out, err);
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

/* What an interrupted trial left of the folder makes room. */
static int move_folder(const char *from, const char *to, const char *mark, struct err *err)
{
    if (rename(from, to) == 0)
        return 0;
    if (errno != ENOTEMPTY && errno != EEXIST)
        return err_set(err, -errno, "%s: cannot be moved to %s: %s", from, to, strerror(errno));
    if (store_holds(to, mark))
        return err_set(err, -EEXIST, "%s is there already", to);
    int code = folder_empty(to, err);
    if (code == 0 && rename(from, to) < 0)
        code = err_set(err, -errno, "%s: cannot be moved to %s: %s", from, to, strerror(errno));
    return code;
}

int store_adopt(const char *dir, const char *from, const struct record *record, struct err *err)
{
    char here[PATH_SIZE], there[PATH_SIZE];
    AUTO_FREE char *trials = path_join(dir, "trials");
    int code = access(trials, F_OK) < 0 ? make_below(dir, trials, err) : 0;
    if (code == 0)
        code = trial_name(dir, record, here, sizeof here, err);
    if (code == 0)
        code = trial_name(from, record, there, sizeof there, err);
    return code < 0 ? code : move_folder(there, here, "trial.json", err);
}

int store_adopt_passes(const char *dir, const char *from, struct err *err)
{
    AUTO_FREE char *here = path_join(dir, "passes");
    AUTO_FREE char *there = path_join(from, "passes");
    AUTO(folder_files) struct folder_files passes = {.count = 0};
    if (access(there, F_OK) < 0)
        return 0;
    int code = make_below(dir, here, err);
    if (code == 0)
        code = folder_match(there, "*", &passes, err);
    for (size_t i = 0; i < passes.count && code == 0; i++) {
        AUTO_FREE char *to = path_join(here, "%s", strrchr(passes.paths[i], '/') + 1);
        if (store_holds(passes.paths[i], "pass.json"))
            code = move_folder(passes.paths[i], to, "pass.json", err);
        code = code == -EEXIST ? 0 : code;
    }
    return code;
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
