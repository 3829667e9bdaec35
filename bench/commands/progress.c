#include "progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "malloc_share.h"
#include "program_look.h"
#include "time_left.h"
#include "units.h"

enum { LINE_SIZE = 200 };

/* "[12/30] discovery jemalloc+prof block 2" */
static const char *heading(const struct runner_progress *progress, char *out, size_t size)
{
    char attempt[32] = "";
    if (progress->attempt > 1)
        (void)snprintf(attempt, sizeof attempt, " again (%" PRId64 ")", progress->attempt);
    (void)snprintf(out, size, "[%" PRId64 "/%" PRId64 "] %s %s block %" PRId64 "%s",
                   progress->trial, progress->trials, progress->workload, progress->row,
                   progress->block, attempt);
    return out;
}

/* What an allocator can change at all, once for each program of the user's. */
static void say_share(struct progress *progress, const struct runner_progress *at, int64_t anon,
                      int64_t live, int64_t heap)
{
    double share = malloc_share_of(anon, live, heap);
    char head[LINE_SIZE];
    for (size_t i = 0; progress->shared && i < progress->view->workload_count; i++) {
        const struct workload *workload = &progress->view->workloads[i];
        if (strcmp(workload->name, at->workload) != 0 || progress->shared[i] || isnan(share) ||
            !spec_command_given(workload->program.command))
            continue;
        const char *program = workload->program.command[0];
        const bool small = share < MALLOC_SHARE_SMALL;
        const char *hint = small ? malloc_share_hint(program) : NULL;
        progress->shared[i] = true;
        if (isatty(STDERR_FILENO))
            (void)fputs("\r\033[K", stderr);
        (void)fprintf(stderr,
                      "%s: after round 1 malloc serves %.0f %% of its anonymous memory%s%s%s%s\n",
                      heading(at, head, sizeof head), 100 * share, small ? "; the rest is " : "",
                      small ? malloc_share_rest(program) : "", hint ? "; " : "", hint ? hint : "");
    }
}

/* Rounds that are shorter than a look, or are looked at when they are over. */
static void say_share_of(struct progress *progress, const struct runner_progress *at,
                         const struct record *record)
{
    for (size_t i = 0; i < record->sample_count && !record_primary(record)->level_unavailable;
         i++) {
        const struct record_sample *sample = &record->samples[i];
        if (!sample->at_round_end || sample->role != RECORD_PRIMARY)
            continue;
        say_share(progress, at, sample->rss_anon_bytes, sample->stat[STAT_LIVE],
                  sample->stat[STAT_HEAP]);
        return;
    }
}

static void update(void *context, const struct runner_progress *progress)
{
    struct live *page = ((struct progress *)context)->page;
    say_share(context, progress, progress->now.round_anon_bytes, progress->now.round_live_bytes,
              progress->now.round_heap_bytes);
    if (page)
        live_progress(page, progress);
    static const int64_t redraw_ns = 200LL * CLOCK_NS_PER_MS;
    static int64_t drawn_ns;
    int64_t now_ns = clock_now_ns();
    if (!isatty(STDERR_FILENO) || now_ns - drawn_ns < redraw_ns)
        return;
    drawn_ns = now_ns;
    char head[LINE_SIZE];
    char rss[32];
    char left[32];
    char line[2 * LINE_SIZE];
    int length =
        snprintf(line, sizeof line, "%s  %" PRId64 "/%" PRId64 "  anonymous RSS %s  %s%s",
                 heading(progress, head, sizeof head), progress->now.cycles_done,
                 progress->now.cycles_planned,
                 units_format_bytes((double)progress->now.rss_anon_bytes, rss, sizeof rss),
                 progress->left_ns < 0 ? "" : "left ",
                 progress->left_ns < 0
                     ? ""
                     : units_format_duration(progress->left_ns / CLOCK_NS_PER_S * CLOCK_NS_PER_S,
                                             left, sizeof left));
    (void)fprintf(stderr, "\r\033[K%.*s", length < 79 ? length : 79, line);
    (void)fflush(stderr);
}

/* Once, after the first trial. */
static void say_left(struct progress *progress, const struct runner_progress *at)
{
    char text[TIME_LEFT_MAX];
    if (progress->shorter && *time_left_sentence(at, progress->shorter, text, sizeof text))
        (void)fprintf(stderr, "%s\n", text);
    progress->shorter = NULL;
}

static void trial_finished(void *context, const struct runner_progress *progress,
                           const struct record *record)
{
    struct live *page = ((struct progress *)context)->page;
    if (page)
        live_finished(page, progress, record);
    say_share_of(context, progress, record);
    char head[LINE_SIZE];
    const struct record_snapshot *end = &record_primary(record)->snapshot[PHASE_CHURN];
    if (isatty(STDERR_FILENO))
        (void)fputs("\r\033[K", stderr);
    (void)fprintf(stderr, "%s: %s", heading(progress, head, sizeof head),
                  record_outcome_names[record->outcome]);
    if (record->outcome == RECORD_VALID) {
        char rss[32];
        int64_t churn_ns = record->phase_end_ns[PHASE_CHURN] - record->phase_end_ns[PHASE_START];
        (void)fprintf(stderr, ", %" PRId64 " cycles, %.*f/s", record->cycles_done,
                      record->cycles_done < 100 ? 2 : 0,
                      (double)record->cycles_done * CLOCK_NS_PER_S / (double)churn_ns);
        if (end->rss_anon_bytes >= 0)
            (void)fprintf(stderr, ", anonymous RSS %s",
                          units_format_bytes((double)end->rss_anon_bytes, rss, sizeof rss));
    }
    if (record->reason)
        (void)fprintf(stderr, ": %s", record->reason);
    if (record->noise.noisy)
        (void)fprintf(stderr, "; noisy: %s", record->noise.reason);
    (void)fputc('\n', stderr);
    say_left(context, progress);
}

/* "[pass 3/22] discovery jemalloc prof_leak: 0 blocks not freed, 1.2 s" */
static void pass_finished(void *context, size_t number, size_t count, const struct pass *pass)
{
    char text[64];
    (void)context;
    (void)fprintf(stderr, "[pass %zu/%zu] %s %s %s: ", number, count, pass->workload, pass->row,
                  pass->tool);
    if (pass->unavailable)
        (void)fprintf(stderr, "not available: %s\n", pass->unavailable);
    else if (pass->kind == PASS_LEDGER)
        (void)fprintf(stderr, "%s live when quiet",
                      units_format_bytes((double)pass->live_bytes, text, sizeof text));
    else
        (void)fprintf(stderr, "%" PRId64 " blocks %s", pass->blocks, pass_kind_names[pass->kind]);
    if (!pass->unavailable)
        (void)fprintf(stderr, ", %s\n",
                      units_format_duration(pass->elapsed_ns / CLOCK_NS_PER_MS * CLOCK_NS_PER_MS,
                                            text, sizeof text));
}

/* What the figures of a program of the user's must be read with, before anything is measured. */
static void say_notes(const struct measure_view *view)
{
    for (size_t i = 0; i < view->workload_count; i++) {
        const struct workload *workload = &view->workloads[i];
        struct program_look look = {.note_count = 0};
        if (!spec_command_given(workload->program.command) ||
            program_look(workload->program.command[0], &look, NULL) < 0)
            continue;
        for (size_t n = 0; n < look.note_count; n++)
            (void)fprintf(stderr, "%s: %s\n", workload->name, look.notes[n]);
    }
}

static int began(void *context, const struct measure_view *view, struct err *err)
{
    struct progress *progress = context;
    progress->view = view;
    say_notes(view);
    progress->shared = calloc(view->workload_count + 1, sizeof *progress->shared);
    int code = progress->live ? live_open(view, &progress->page, err) : 0;
    if (code == 0 && progress->page)
        (void)fprintf(stderr, "live: %s\n", live_url(progress->page));
    return code;
}

static void ended(void *context)
{
    struct progress *progress = context;
    struct live_cost cost;
    free(progress->shared);
    progress->shared = NULL;
    if (!progress->page)
        return;
    live_cost(progress->page, &cost);
    (void)fprintf(stderr,
                  "live: %" PRId64 " events, %" PRId64 " listeners at most; %" PRId64
                  " ms CPU in the server, %" PRId64 " ms in the driver\n",
                  cost.events, cost.listeners_most, cost.server_cpu_ns / CLOCK_NS_PER_MS,
                  cost.publish_cpu_ns / CLOCK_NS_PER_MS);
    live_close(progress->page);
    progress->page = NULL;
}

struct measure_observer progress_observer(struct progress *progress)
{
    return (struct measure_observer){
        .began = began,
        .progress = update,
        .trial_finished = trial_finished,
        .ended = ended,
        .pass_finished = pass_finished,
        .context = progress,
    };
}
