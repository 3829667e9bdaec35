#include "collect_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static int began(void *context, const struct measure_view *view, struct err *err)
{
    (void)context;
    (void)view;
    (void)err;
    return 0;
}

static void progress(void *context, const struct runner_progress *at)
{
    (void)context;
    (void)at;
}

static void trial_finished(void *context, const struct runner_progress *at,
                           const struct record *record)
{
    (void)context;
    (void)at;
    (void)record;
}

static void ended(void *context)
{
    (void)context;
}

static void pass_finished(void *context, size_t number, size_t count, const struct pass *pass)
{
    (void)context;
    (void)number;
    (void)count;
    (void)pass;
}

const struct measure_observer collect_in_silence = {.began = began,
                                                    .progress = progress,
                                                    .trial_finished = trial_finished,
                                                    .ended = ended,
                                                    .pass_finished = pass_finished};

void collect_print_missing(const struct collected *collected)
{
    for (size_t i = 0; i < collected->bring.missing_count; i++)
        (void)printf("%" PRId64 "\n", collected->bring.missing[i]);
}

static void print_refused(const char *dir, const struct bring_cells *bring)
{
    enum { SHOWN = 10 };
    for (size_t i = 0; i < bring->refused_count && i < SHOWN; i++)
        (void)printf("refused: %s/cells/%04" PRId64 ": %s\n", dir, bring->refused[i],
                     bring->why[i]);
    if (bring->refused_count > SHOWN)
        (void)printf("refused: and %zu more\n", bring->refused_count - SHOWN);
}

/* How what is missing may be had. */
static void advise(const char *dir, const struct collected *collected, struct err *err)
{
    enum { NAMED = 12 };
    const struct bring_cells *bring = &collected->bring;
    AUTO_FREE char *missing = collected_missing(dir, collected);
    AUTO_FREE char *numbers = collected_numbers(bring->missing, bring->missing_count);
    if (bring->missing_count <= NAMED)
        (void)err_set(
            err, -ENODATA,
            "%s\ncarry out just that: heapchurn cell %s %s\nor: heapchurn run --resume %s "
            "--on slurm",
            missing, dir, numbers, dir);
    else
        (void)err_set(err, -ENODATA,
                      "%s\ncarry out each: heapchurn cell %s N, with N of 'heapchurn collect %s "
                      "--missing'\nor: heapchurn run --resume %s --on slurm",
                      missing, dir, dir, dir);
}

int collect_say(const char *dir, const struct collected *collected, struct err *err)
{
    const struct bring_cells *bring = &collected->bring;
    int64_t there =
        collected->cells - (int64_t)bring->missing_count - (int64_t)bring->refused_count;
    (void)printf("%s: %" PRId64 " of %" PRId64 " cells are there, %zu of them brought now\n", dir,
                 there, collected->cells, bring->brought);
    print_refused(dir, bring);
    (void)fputs(collected->notes, stdout);
    if (bring->missing_count > 0)
        advise(dir, collected, err);
    else if (bring->refused_count > 0)
        (void)err_set(err, -EXDEV, "%zu cell%s there and not brought; the lines 'refused' say why",
                      bring->refused_count, bring->refused_count == 1 ? " is" : "s are");
    else
        (void)printf("complete; to look at it: heapchurn report %s\n", dir);
    return bring->missing_count || bring->refused_count ? EXIT_UNMEASURED : EXIT_OK;
}
