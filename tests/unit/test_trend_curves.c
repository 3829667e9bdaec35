/* Trends of live and RSS in the labelled curves, exactly as the reference program of the rule found
 * them: its answers are recorded in tests/data/curves/reference.csv. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "curve_file.h"
#include "trend.h"

#define CURVES TEST_DATA_DIR "/curves/"

enum { CURVE_COUNT = 62 };

/* One line of reference.csv. */
struct answer {
    char file[64], verdict[16], confidence[16], reason[48];
    char live_state[16], rss_state[16];
    double live[3], rss[3]; /* slope, low, high */
    double pace, heap_per_live, samples, judged_cycles;
};

static int parse_answer(const char *line, struct answer *out)
{
    int fields = sscanf(
        line,
        "%63[^,],%15[^,],%15[^,],%47[^,],%15[^,],%lf,%lf,%lf,%lf,%15[^,],%lf,%lf,%lf,%lf,%lf,%lf",
        out->file, out->verdict, out->confidence, out->reason, out->live_state, &out->live[0],
        &out->live[1], &out->live[2], &out->pace, out->rss_state, &out->rss[0], &out->rss[1],
        &out->rss[2], &out->heap_per_live, &out->samples, &out->judged_cycles);
    return fields == 16 ? 0 : -1;
}

struct trends {
    struct verdict_signal live, rss;
};

static void judge_file(const char *file, struct trends *out)
{
    char path[512];
    struct err err = ERR_INIT;
    AUTO(curve_file) struct curve_file csv = {0};
    (void)snprintf(path, sizeof path, CURVES "%s", file);
    AUTO_FCLOSE FILE *stream = fopen(path, "re");
    if (!stream || curve_file_read(stream, file, "peer", &csv, &err) < 0)
        fail_msg("%s: %s", path, err.text);
    const struct memory_curve *curve = &csv.curve;
    trend_judge(curve->column[MEMORY_CYCLE], curve->column[MEMORY_LIVE], curve->count, &trend_live,
                &out->live);
    trend_judge(curve->column[MEMORY_CYCLE], curve->column[MEMORY_RSS], curve->count, &trend_rss,
                &out->rss);
}

/* The reference printed three decimals. */
static bool agrees(double ours, double recorded, double step)
{
    return fabs(ours - recorded) <= 0.5000001 * step;
}

static bool same_signal(const struct verdict_signal *ours, const char *state,
                        const double recorded[3])
{
    return strcmp(signal_state_names[ours->state], state) == 0 &&
           agrees(ours->slope_per_cycle, recorded[0], 0.001) &&
           agrees(ours->slope_low, recorded[1], 0.001) &&
           agrees(ours->slope_high, recorded[2], 0.001);
}

static bool same_answer(const struct trends *ours, const struct answer *recorded)
{
    double pace = isnan(ours->live.pace) ? 0 : ours->live.pace;
    return same_signal(&ours->live, recorded->live_state, recorded->live) &&
           same_signal(&ours->rss, recorded->rss_state, recorded->rss) &&
           agrees(pace, recorded->pace, 0.01) &&
           agrees(ours->live.judged_cycles, recorded->judged_cycles, 1);
}

static FILE *open_list(const char *path, char **line, size_t *capacity)
{
    FILE *list = fopen(path, "re");
    assert_non_null(list);
    assert_true(getline(line, capacity, list) > 0); /* the header */
    return list;
}

static void judged_as_the_reference_judges(void **state)
{
    (void)state;
    AUTO_FREE char *line = NULL;
    size_t capacity = 0;
    AUTO_FCLOSE FILE *list = open_list(CURVES "reference.csv", &line, &capacity);
    int agreed = 0;
    while (getline(&line, &capacity, list) > 0) {
        struct answer answer;
        struct trends trends;
        assert_int_equal(parse_answer(line, &answer), 0);
        judge_file(answer.file, &trends);
        if (same_answer(&trends, &answer))
            agreed++;
        else
            print_error("%s: live %s, slope %.3f, recorded %s", answer.file,
                        signal_state_names[trends.live.state], trends.live.slope_per_cycle, line);
    }
    print_message("%d of %d curves judged as the reference\n", agreed, CURVE_COUNT);
    assert_int_equal(agreed, CURVE_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judged_as_the_reference_judges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
