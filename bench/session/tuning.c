#include "tuning.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "folder.h"
#include "json_file.h"
#include "knob_proof.h"
#include "path.h"
#include "registry.h"
#include "same_machine.h"
#include "text.h"
#include "tuning_document.h"

#define JUDGES "judges"

static char *path_of_rung(const struct tuning *tuning, size_t rung)
{
    return path_join(tuning->dir, "rung-%zu", rung);
}

static int find_allocator(const char *name, struct tuning *out, struct err *err)
{
    struct allocator_row row;
    if (allocator_row_find(name, &row) < 0) {
        (void)err_set(err, -ENOENT, "this build knows no allocator '%s'", name);
        return -ENOENT;
    }
    out->allocator = row.entry->allocator;
    return out->allocator->knobs
               ? 0
               : err_set(err, -EINVAL, "no setting of %s is known that is worth trying",
                         out->allocator->title);
}

static const char *version_of(const struct tuning *tuning)
{
    for (size_t i = 0; tuning->rung_count > 0 && i < tuning->rung[0].record_count; i++)
        if (tuning->rung[0].records[i].outcome == RECORD_VALID)
            return record_primary(&tuning->rung[0].records[i])->version;
    return NULL;
}

/* What is to be tried, by the version that rung 0 told. */
static int find_wanted(struct tuning *tuning, struct err *err)
{
    const char *version = version_of(tuning);
    size_t count = 0;
    while (tuning->knobs[count])
        count++;
    if (count > 0)
        return tune_settings_chosen(tuning->allocator->knobs, version,
                                    (const char *const *)tuning->knobs, count, &tuning->wanted,
                                    err);
    tune_settings_of(tuning->allocator->knobs, version, &tuning->wanted);
    return 0;
}

/* But for its name, reason and environment, which are the setting's. */
static struct run_row copy_row(const struct run_row *row)
{
    return (struct run_row){.allocator = text_own(row->allocator),
                            .title = text_own(row->title),
                            .package = text_own(row->package),
                            .link = text_own(row->link),
                            .library = text_own(row->library),
                            .preload = text_own(row->preload),
                            .preload_package = text_own(row->preload_package),
                            .shows_itself = text_own(row->shows_itself),
                            .shows_itself_when = text_own(row->shows_itself_when),
                            .huge_pages = row->huge_pages};
}

static char **own_words(struct words *words)
{
    char **list = words->word ? words->word : calloc(1, sizeof *list);
    if (!list)
        abort();
    *words = (struct words){.count = 0};
    return list;
}

/* One row for each setting of a rung, in place of the one that all build on. */
static void set_rows(struct run *run, const struct tune_rung *rung)
{
    struct run_row base = run->rows[0];
    struct run_row *rows = calloc(rung->settings.count + 1, sizeof *rows);
    if (!rows)
        abort();
    for (size_t i = 0; i < rung->settings.count; i++) {
        const struct tune_setting *setting = &rung->settings.list[i];
        struct words environment = {.count = 0};
        char name[SPEC_NAME_MAX + TUNE_NAME_MAX];
        rows[i] = copy_row(&base);
        rows[i].name = strdup(tune_setting_row(setting, base.name, name, sizeof name));
        rows[i].why = strdup(i == TUNE_DEFAULT         ? "as it is, without a setting"
                             : i == TUNE_DEFAULT_AGAIN ? "the same, measured twice"
                                                       : setting->choice[0].knob->purpose);
        rows[i].defaults = setting->count ? strdup(setting->choice[0].knob->standard) : NULL;
        tune_setting_environment(setting, base.environment, &environment);
        rows[i].environment = own_words(&environment);
    }
    struct run only = {.rows = run->rows, .row_count = run->row_count};
    run->rows = NULL;
    run_release(&only);
    run->rows = rows;
    run->row_count = rung->settings.count;
    run->blocks = rung->blocks;
}

/* The description of a run like that of rung 0, without what it holds. */
static int like_first(const struct tuning *tuning, struct stored_run *out, struct err *err)
{
    AUTO_FREE char *first = path_of_rung(tuning, 0);
    int code = store_load(first, out, err);
    for (size_t i = 0; code == 0 && i < out->record_count; i++)
        record_release(&out->records[i]);
    out->record_count = 0;
    free(out->run.plan);
    out->run.plan = NULL;
    return code;
}

static int create_part(const char *dir, struct run *run, struct stored_run *out, struct err *err)
{
    run->no_passes = true;
    int code = folder_make(dir, err);
    if (code == 0)
        code = store_create(dir, run, err);
    if (code == 0)
        code = measure_keep(dir, run, err);
    return code == 0 ? store_load(dir, out, err) : code;
}

static int create_rung(struct tuning *tuning, const struct tune_rung *rung, struct run *run,
                       struct err *err)
{
    AUTO_FREE char *dir = path_of_rung(tuning, tuning->rung_count);
    set_rows(run, rung);
    run->seed += tuning->rung_count;
    int code = create_part(dir, run, &tuning->rung[tuning->rung_count], err);
    if (code == 0)
        tuning->rung_count++;
    return code;
}

static int create_judges(struct tuning *tuning, struct run *run, struct err *err)
{
    AUTO_FREE char *dir = path_join(tuning->dir, JUDGES);
    int code = create_part(dir, run, &tuning->judges, err);
    tuning->judged = code == 0;
    return code;
}

/* A tuning of earlier versions has none. */
static int load_judges(struct tuning *tuning, struct err *err)
{
    AUTO_FREE char *dir = path_join(tuning->dir, JUDGES);
    AUTO_FREE char *run = path_join(dir, "run.json");
    if (access(run, F_OK) < 0)
        return 0;
    int code = store_load(dir, &tuning->judges, err);
    tuning->judged = code == 0;
    return code;
}

int tuning_begin(const struct tuning_request *request, const char *dir, struct tuning *out,
                 struct err *err)
{
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
    struct run *run = request->run;
    struct tune_settings tried;
    struct tune_rung rung;
    if (run->workload_count != 1 || run->row_count != 1)
        return err_set(err, -EINVAL,
                       "settings of one row under one workload at a time; these are %zu row%s and "
                       "%zu workload%s",
                       run->row_count, run->row_count == 1 ? "" : "s", run->workload_count,
                       run->workload_count == 1 ? "" : "s");
    int code = find_allocator(run->rows[0].allocator, &tuning, err);
    if (code == 0 && request->knob_count > 0) /* names at least, before the version is known */
        code = tune_settings_chosen(tuning.allocator->knobs, NULL, request->knobs,
                                    request->knob_count, &tried, err);
    if (code < 0)
        return code;
    tuning.dir = strdup(dir);
    tuning.base = strdup(run->rows[0].name);
    tuning.budget_ns = request->budget_ns;
    tuning.weights = request->weights;
    tuning.knobs = calloc(request->knob_count + 1, sizeof *tuning.knobs);
    for (size_t i = 0; i < request->knob_count; i++)
        tuning.knobs[i] = strdup(request->knobs[i]);
    tune_settings_of(NULL, NULL, &tuning.wanted);
    code = folder_make(dir, err);
    if (code == 0)
        code = store_lock(dir, &tuning.lock, err);
    AUTO_FREE char *path = path_join(dir, "tune.json");
    if (code == 0 && access(path, F_OK) == 0)
        return err_set(err, -EEXIST,
                       "%s: settings were measured there already; --resume %s goes "
                       "on with them, -o takes another folder",
                       path, dir);
    if (code == 0)
        code = tuning_document_save(&tuning, err);
    if (code == 0)
        code = tune_rung_next(0, 0, &tuning.wanted, NULL, &tuning.weights, &rung, err);
    if (code == 0)
        code = create_rung(&tuning, &rung, run, err);
    if (code == 0 && request->judges)
        code = create_judges(&tuning, request->judges, err);
    if (code < 0)
        return code;
    *out = tuning;
    tuning = (struct tuning){.lock = STORE_LOCK_INIT};
    return 0;
}

int tuning_load(const char *dir, struct tuning *out, struct err *err)
{
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT, .dir = strdup(dir)};
    AUTO_FREE char *path = path_join(dir, "tune.json");
    int code = store_lock(dir, &tuning.lock, err);
    AUTO_JSON json_t *document = code == 0 ? json_file_load(path, err) : NULL;
    if (code == 0)
        code = document ? tuning_document_read(path, document, &tuning, err)
               : err    ? err->code
                        : -ENOENT;
    for (size_t r = 0; code == 0 && r < TUNE_RUNGS; r++) {
        AUTO_FREE char *rung = path_of_rung(&tuning, r);
        AUTO_FREE char *run = path_join(rung, "run.json");
        if (access(run, F_OK) < 0)
            break;
        code = store_load(rung, &tuning.rung[r], err);
        tuning.rung_count += code == 0;
    }
    if (code == 0)
        code = load_judges(&tuning, err);
    if (code == 0 && tuning.rung_count == 0)
        code = err_set(err, -EINVAL, "%s: it has no rung-0: nothing was begun there", dir);
    if (code == 0)
        code = find_allocator(tuning.rung[0].run.rows[0].allocator, &tuning, err);
    if (code == 0)
        code = find_wanted(&tuning, err);
    if (code < 0)
        return code;
    if (tuning.rung_count > 1 && tuning.wanted.count > tuning.rung[1].run.row_count)
        tuning.left_out = tuning.wanted.count - tuning.rung[1].run.row_count;
    *out = tuning;
    tuning = (struct tuning){.lock = STORE_LOCK_INIT};
    return 0;
}

struct tuning_how {
    const char *programs;
    const struct executor *executor; /* NULL: this machine */
    const struct tuning_observer *observer;
};

/* Measure what a part lacks, and read it again. Of what is left of the budget it may take `share`
 * with what is repeated. */
static int measure_part(struct tuning *tuning, const char *dir, struct stored_run *part,
                        double share, const struct tuning_how *how, struct err *err)
{
    AUTO(store_lock) struct store_lock lock = STORE_LOCK_INIT;
    const int64_t began_ns = clock_now_ns();
    const double left_ns = fmax(0, (double)(tuning->budget_ns - tuning->spent_ns));
    int code = store_lock(dir, &lock, err);
    if (code == 0 && !how->executor)
        code = same_machine_check(&part->run, err);
    if (code < 0)
        return code;
    code =
        measure_missing(&(struct measure){.dir = dir,
                                          .stored = part,
                                          .programs = how->programs,
                                          .executor = how->executor,
                                          .repeats_until_ns = began_ns + (int64_t)(left_ns * share),
                                          .observer = &how->observer->measure},
                        err);
    if (code < 0 && code != -EINTR)
        return code;
    struct err ignored = ERR_INIT;
    stored_run_release(part);
    int read = store_load(dir, part, code < 0 ? &ignored : err);
    tuning->spent_ns += clock_now_ns() - began_ns;
    if (read == 0)
        read = tuning_document_save(tuning, code < 0 ? &ignored : err);
    return code < 0 ? code : read;
}

static int measure_rung(struct tuning *tuning, const struct tuning_how *how, struct err *err)
{
    const size_t rung = tuning->rung_count - 1;
    AUTO_FREE char *dir = path_of_rung(tuning, rung);
    return measure_part(tuning, dir, &tuning->rung[rung], tune_rung_share(rung), how, err);
}

static int measure_judges(struct tuning *tuning, const struct tuning_how *how, struct err *err)
{
    AUTO_FREE char *dir = path_join(tuning->dir, JUDGES);
    if (!tuning->judged)
        return 0;
    if (how->observer->judges)
        how->observer->judges(how->observer->context);
    return measure_part(tuning, dir, &tuning->judges, 0, how, err);
}

/* Of one trial. */
static int64_t trial_ns(const struct tuning *tuning)
{
    int64_t planned = 0;
    for (size_t r = 0; r < tuning->rung_count; r++)
        planned += tuning->rung[r].run.blocks * (int64_t)tuning->rung[r].run.row_count;
    if (tuning->judged)
        planned += (int64_t)tuning->judges.run.row_count;
    return planned > 0 && tuning->spent_ns > planned ? tuning->spent_ns / planned : 1;
}

static int next_rung(struct tuning *tuning, struct tune_rung *out, struct err *err)
{
    AUTO(tune_data) struct tune_data data;
    const int64_t left_ns = tuning->budget_ns - tuning->spent_ns;
    const int64_t trials = left_ns > 0 ? left_ns / trial_ns(tuning) : 0;
    tuning_data(tuning, &data);
    int code = tune_rung_next(tuning->rung_count, trials, &tuning->wanted, &data, &tuning->weights,
                              out, err);
    if (code == -ENOSPC) {
        int64_t needed_ns =
            tuning->spent_ns + (tune_least_trials(&tuning->wanted) + 1) * trial_ns(tuning);
        (void)err_wrap(err,
                       "a trial takes %.1f s, so that a budget of %.0f s is too small (give "
                       "--budget %jds or more)",
                       (double)trial_ns(tuning) / 1e9, (double)tuning->budget_ns / 1e9,
                       (intmax_t)(needed_ns / CLOCK_NS_PER_S + 1));
    }
    return code;
}

int tuning_measure(struct tuning *tuning, const char *programs, const struct executor *executor,
                   const struct tuning_observer *observer, struct err *err)
{
    const struct tuning_how how = {programs, executor, observer};
    int code = measure_judges(tuning, &how, err);
    if (code == 0)
        code = measure_rung(tuning, &how, err);
    if (code == 0 && !version_of(tuning))
        code = err_set(err, -ENODATA, "the default itself has no valid trial: %s",
                       tuning->rung[0].record_count ? tuning->rung[0].records[0].reason : "none");
    if (code == 0)
        code = find_wanted(tuning, err);
    while (code == 0 && tuning->rung_count < TUNE_RUNGS) {
        struct tune_rung rung;
        AUTO(stored_run) struct stored_run like = {.record_count = 0};
        code = next_rung(tuning, &rung, err);
        if (code < 0 || rung.blocks == 0)
            break;
        observer->rung(observer->context, tuning->rung_count, &rung, trial_ns(tuning));
        tuning->left_out = tuning->rung_count == 1 ? rung.left_out : tuning->left_out;
        code = like_first(tuning, &like, err);
        if (code == 0)
            code = create_rung(tuning, &rung, &like.run, err);
        if (code == 0)
            code = measure_rung(tuning, &how, err);
    }
    return code;
}

void tuning_data(const struct tuning *tuning, struct tune_data *out)
{
    tune_data_build(tuning->rung, tuning->rung_count, tuning->base, &tuning->wanted, knob_prove,
                    NULL, out);
}

void tuning_release(struct tuning *tuning)
{
    for (size_t r = 0; r < tuning->rung_count; r++)
        stored_run_release(&tuning->rung[r]);
    if (tuning->judged)
        stored_run_release(&tuning->judges);
    for (char **knob = tuning->knobs; knob && *knob; knob++)
        free(*knob);
    free(tuning->knobs);
    free(tuning->dir);
    free(tuning->base);
    store_unlock(&tuning->lock);
    *tuning = (struct tuning){.lock = STORE_LOCK_INIT};
}
