#include "trial.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "last_words.h"
#include "noise.h"
#include "pins.h"
#include "trial_state.h"
#include "trial_tree.h"
#include "work.h"

const struct trial_deadlines trial_deadlines_default = {
    .ready_ns = 20LL * CLOCK_NS_PER_S,
    .answer_ns = 10LL * CLOCK_NS_PER_S,
    .leave_ns = 30LL * CLOCK_NS_PER_S,
};

/* It is looked for until it is there. */
static void add_first_round(struct trial *trial, struct trial_progress *progress)
{
    const struct record *record = trial->record;
    while (!trial->first_round && trial->searched < record->sample_count) {
        const struct record_sample *sample = &record->samples[trial->searched++];
        if (sample->at_round_end && sample->role == RECORD_PRIMARY)
            trial->first_round = trial->searched;
    }
    if (!trial->first_round || record_primary(record)->level_unavailable)
        return;
    const struct record_sample *sample = &record->samples[trial->first_round - 1];
    progress->round_anon_bytes = sample->rss_anon_bytes;
    progress->round_live_bytes = sample->stat[STAT_LIVE];
    progress->round_heap_bytes = sample->stat[STAT_HEAP];
}

/* What ends by itself has its peak at any time. */
static const int64_t short_period_ns = 10LL * CLOCK_NS_PER_MS;

static void tell_progress(struct trial *trial)
{
    if (!trial->options->progress)
        return;
    struct trial_progress progress = {
        .cycles_done = trial->record->cycles_done,
        .cycles_planned = trial->record->cycles_planned,
        .rss_bytes = trial->sampler.last_rss_bytes,
        .rss_anon_bytes = trial->sampler.last_rss_anon_bytes,
        .elapsed_ns = sampler_elapsed_ns(&trial->sampler),
        .phase = trial->sampler.phase,
        .round_anon_bytes = RECORD_NA,
        .round_live_bytes = RECORD_NA,
        .round_heap_bytes = RECORD_NA,
    };
    add_first_round(trial, &progress);
    trial->options->progress(trial->options->context, &progress);
}

static void on_tick(void *context)
{
    struct trial *trial = context;
    trial_tree_walk(trial, trial->scenario->ends); /* its processes may be short */
    sampler_tick(&trial->sampler);
    tell_progress(trial);
}

static bool on_line(void *context, size_t role, const struct control_line *line)
{
    struct trial *trial = context;
    if (control_is(line, "option") && trial->scenario->roles[role].measured)
        return work_add_option(&trial->record->roles[role], line) == 0;
    return trial->scenario->heard && trial->scenario->heard(trial, role, line);
}

static void on_knock(void *context)
{
    struct trial *trial = context;
    if (trial->scenario->knock)
        trial->scenario->knock(trial);
}

static const char *explain(void *context, size_t role, int wait_status)
{
    const struct trial *trial = context;
    return trial->scenario->explain ? trial->scenario->explain(trial, role, wait_status) : NULL;
}

static int start(struct trial *trial, struct err *err)
{
    int code = trial->scenario->start(trial, err);
    for (size_t i = 0; code == 0 && i < trial->sampler.count; i++)
        code = sampler_attach(&trial->sampler, i, play_pid(trial, i), err);
    return code;
}

/* Every measured role gives back what it can. */
static int release(struct trial *trial)
{
    int64_t leave_ns = trial->options->deadlines.leave_ns;
    for (size_t i = 0; i < trial->sampler.count; i++) {
        if (!trial_has_channel(trial, i))
            continue;
        int code = play_ask(trial, i, "release");
        if (code == 0)
            code = supervisor_await(&trial->supervisor, i, "released", trial_deadline(leave_ns));
        if (code == 0)
            code = trial_tree_ask(trial, i, "release");
        if (code < 0)
            return code;
        work_read_released(&trial->record->roles[i], play_answer(trial));
    }
    return 0;
}

/* The allocator's own statistics at length. */
static int ask_detail(struct trial *trial, const char *file)
{
    struct control_line request;
    int64_t error = 0;
    control_begin(&request, "detail");
    control_add(&request, "file", file);
    int code = play_send(trial, RECORD_PRIMARY, &request);
    if (code == 0)
        code = play_await(trial, RECORD_PRIMARY, "detailed", 0);
    if (code == 0 && (control_get_i64(play_answer(trial), "error", &error) < 0 || error != 0))
        return play_fail(trial, "%s could not write its statistics to %s: %s",
                         trial->record->roles[RECORD_PRIMARY].name, file, strerror((int)error));
    return code;
}

/* What a tool does while the primary role is quiet. */
static int use_tool(struct trial *trial)
{
    const struct trial_tool *tool = trial->options->tool;
    struct err err = ERR_INIT;
    int code = tool && tool->detail ? ask_detail(trial, tool->detail) : 0;
    if (code < 0)
        return code;
    if (!tool || !tool->at_quiet)
        return 0;
    return tool->at_quiet(tool->context, play_pid(trial, RECORD_PRIMARY), &err) < 0
               ? play_fail(trial, "%s: %s", tool->name, err.text)
               : 0;
}

static int dump(struct trial *trial)
{
    if (!trial->options->tool || !trial->options->tool->dumps)
        return 0;
    int code = play_ask(trial, RECORD_PRIMARY, "dump");
    return code < 0 ? code
                    : supervisor_await(&trial->supervisor, RECORD_PRIMARY, "dumped",
                                       trial_deadline(trial->options->deadlines.leave_ns));
}

/* Where what is measured runs. */
static cpu_set_t cores_of_subjects(const struct trial *trial)
{
    const struct trial_pins *pins = &trial->options->pins;
    const bool threads = trial->options->workload->workers.count > 0;
    const cpu_set_t *of_threads = threads ? pins_for_threads(pins, true) : NULL;
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    if (pins->driver_cpu < 0)
        (void)sched_getaffinity(0, sizeof cpus, &cpus);
    else if (CPU_COUNT(&trial->spread) > 0)
        cpus = trial->spread;
    else if (of_threads)
        cpus = *of_threads;
    else
        CPU_SET((unsigned)pins->subject_cpu, &cpus);
    return cpus;
}

/* Which cores are whose. True: subjects and load share them, and they are the subjects'. */
static bool choose_cores(const struct trial *trial, struct noise_core *subjects,
                         struct noise_core *load)
{
    const int driver_cpu = trial->options->pins.driver_cpu;
    subjects->cpus = cores_of_subjects(trial);
    if (driver_cpu < 0 || CPU_ISSET((unsigned)driver_cpu, &subjects->cpus))
        return true;
    if (!trial->scenario->ends) /* else it is its own load */
        CPU_SET((unsigned)driver_cpu, &load->cpus);
    return false;
}

static struct noise_watch whom_to_watch(const struct trial *trial)
{
    struct noise_watch watch = {.core = {{.own_count = 0}}};
    struct noise_core *subjects = &watch.core[NOISE_SUBJECTS], *load = &watch.core[NOISE_LOAD];
    struct noise_core *of_load = choose_cores(trial, subjects, load) ? subjects : load;
    noise_own(of_load, getpid());
    for (size_t i = 0; i < trial->record->role_count; i++)
        if (play_pid(trial, i) > 0)
            noise_own(trial->scenario->roles[i].measured ? subjects : of_load, play_pid(trial, i));
    for (size_t i = 0; i < trial->sampler.count; i++)
        for (size_t j = 1; j < trial->sampler.trees[i].count; j++)
            noise_own(subjects, trial->sampler.trees[i].list[j].procfs.pid);
    return watch;
}

static int measure(struct trial *trial)
{
    const struct workload *workload = trial->options->workload;
    trial_tree_walk(trial, true);
    struct noise_watch noise = whom_to_watch(trial);
    sampler_begin(&trial->sampler);
    int code = trial_end_phase(trial, PHASE_START);
    if (code == 0)
        code = dump(trial);
    noise_begin(&noise, &trial->record->noise);
    if (code == 0)
        code = trial->scenario->load(trial);
    if (code == 0)
        code = trial_end_phase(trial, PHASE_CHURN);
    const struct noise_watch those_now = whom_to_watch(trial);
    (void)memcpy(noise.core, those_now.core, sizeof noise.core);
    noise_end(&noise, trial->record);
    if (trial->scenario->ends)
        return code;
    if (code == 0)
        tell_progress(trial); /* a recording ends now, not with the next tick */
    if (code == 0 && trial->scenario->settle)
        code = trial->scenario->settle(trial);
    if (code == 0)
        code = dump(trial);
    if (code == 0)
        code = play_idle(trial, workload->quiet_ns);
    if (code == 0)
        code = trial_end_phase(trial, PHASE_QUIET);
    if (code == 0)
        code = use_tool(trial);
    if (code == 0)
        code = release(trial);
    if (code == 0)
        code = play_idle(trial, workload->released_ns);
    return code < 0 ? code : trial_end_phase(trial, PHASE_RELEASED);
}

/* Of those that ended by themselves: the rest is about to be killed. */
static void note_ends(struct trial *trial)
{
    for (size_t i = 0; i < trial->record->role_count; i++) {
        const struct process *process = &trial->supervisor.roles[i].process;
        if (process->ended)
            trial->record->roles[i].wait_status = process->wait_status;
    }
}

/* The loader found the library of the row under a name of ours. */
static void name_library(struct trial *trial)
{
    struct record *record = trial->record;
    for (size_t i = 0; i < record->role_count; i++)
        record->roles[i].identity = substitute_name(&trial->substitute, record->roles[i].identity);
    record->reason = substitute_name(&trial->substitute, record->reason);
}

static void stamp(struct record *record)
{
    char text[32];
    time_t now = time(NULL);
    struct tm utc;
    (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    free(record->started_utc);
    record->started_utc = strdup(text);
}

/* The record's roles, and the trial around them. */
static int open_trial(struct trial *trial, const struct trial_options *options,
                      struct record *record, struct err *err)
{
    const char *names[SCENARIO_ROLES_MAX];
    int64_t period_ns = options->sample_period_ns;
    if (options->scenario->ends && period_ns > short_period_ns)
        period_ns = short_period_ns;
    *trial = (struct trial){.options = options, .scenario = options->scenario, .record = record};
    record->cycles_planned = workload_cycles(options->workload);
    stamp(record);
    for (const struct scenario_role *role = trial->scenario->roles; role->name; role++) {
        names[record->role_count] = role->name;
        (void)record_add_role(record, role->name, role->measured);
    }
    struct supervisor_hooks hooks = {
        .tick = on_tick, .heard = on_line, .knock = on_knock, .explain = explain, .context = trial};
    int code = supervisor_open(&trial->supervisor, names, record->role_count, period_ns,
                               options->interrupt_fd, &hooks, err);
    if (code < 0)
        return code;
    sampler_init(&trial->sampler, record);
    for (size_t i = 0; i < trial->sampler.count; i++) {
        trial->sampler.trees[i].follows = trial->scenario->roles[i].tree;
        trial->sampler.trees[i].allocator = options->allocator;
        trial->sampler.trees[i].library = options->library;
        trial->sampler.trees[i].role = options->scenario->ends ? &record->roles[i] : NULL;
    }
    trial->state = calloc(1, trial->scenario->state_bytes + 1);
    if (!trial->state)
        abort();
    trial->supervisor.roles[RECORD_PRIMARY].any_status =
        options->tool && options->tool->own_exit_status;
    return 0;
}

/* Of a program that nobody knows with what it, or its load, said last. The caller frees. */
static char *why(const struct trial *trial)
{
    const char *failure = trial->supervisor.failure;
    char words[LAST_WORDS_MAX + 1] = "";
    for (size_t i = 0; trial->scenario->foreign && i < trial->record->role_count; i++) {
        const char *role = trial->record->roles[i].name;
        if (strncmp(failure, role, strlen(role)) == 0 && failure[strlen(role)] == ' ')
            (void)last_words(trial->options->folder, role, words, sizeof words);
    }
    char *text = NULL;
    if (asprintf(&text, "%s%s%s%s", failure, *words ? "; its last words: '" : "", words,
                 *words ? "'" : "") < 0)
        abort();
    return text;
}

int trial_run(const struct trial_options *options, struct record *record, struct err *err)
{
    struct trial trial;
    int code = open_trial(&trial, options, record, err);
    if (code < 0)
        return code;
    code = start(&trial, err);
    if (code == 0)
        code = measure(&trial);
    if (code == 0)
        code = trial.scenario->leave(&trial);
    if (code == 0) {
        record->outcome = RECORD_VALID;
        work_check(trial.scenario, options->workload, record);
    } else if (code == -ECANCELED) {
        record->outcome = trial.supervisor.refused ? RECORD_INVALID : RECORD_FAILED;
        record->reason = why(&trial);
        code = 0;
    }
    name_library(&trial);
    note_ends(&trial);
    supervisor_close(&trial.supervisor);
    if (trial.scenario->close)
        trial.scenario->close(&trial);
    sampler_close(&trial.sampler);
    substitute_close(&trial.substitute);
    free(trial.state);
    return code;
}
