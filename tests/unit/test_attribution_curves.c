/* The labelled curves: tests/data/attribution (curves, and cases: programs with known trouble) and
 * tests/data/curves. answers.csv holds what the executable reference of the rule answered; of curve
 * 39, whose growth surely slows down, it was surer. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "attribution.h"
#include "curve_file.h"

#define DATA TEST_DATA_DIR "/"

enum { CELLS_MAX = 64, SHARES_AT = 7 };

static void judge(const char *file, struct attribution *out)
{
    char path[512];
    struct err err = ERR_INIT;
    AUTO(curve_file) struct curve_file curve = {0};
    (void)snprintf(path, sizeof path, DATA "%s", file);
    AUTO_FCLOSE FILE *stream = fopen(path, "re");
    if (!stream || curve_file_read(stream, file, "peer", &curve, &err) < 0)
        fail_msg("%s: %s", path, err.text);
    attribution_judge(&curve.curve, out);
}

static FILE *open_list(const char *file, char **line, size_t *capacity)
{
    char path[512];
    (void)snprintf(path, sizeof path, DATA "%s", file);
    FILE *list = fopen(path, "re");
    assert_non_null(list);
    assert_true(getline(line, capacity, list) > 0); /* the header */
    return list;
}

static size_t cells_of(char *line, char *cell[CELLS_MAX])
{
    size_t count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *rest = line, *next; count < CELLS_MAX && (next = strsep(&rest, ","));)
        cell[count++] = next;
    return count;
}

static void join_findings(const struct attribution *answer, char *out, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < answer->findings.count; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? "|" : "",
                                 finding_names[answer->findings.list[i].kind]);
}

/* Recorded with four decimals; an empty cell is "cannot be told". */
static bool same_shares(const struct share *ours, char *const cell[])
{
    const double values[] = {ours->share, ours->low, ours->high};
    for (int i = 0; i < 3; i++) {
        if (*cell[i] == '\0' ? !isnan(values[i])
                             : !(fabs(values[i] - strtod(cell[i], NULL)) <= 0.5000001e-4))
            return false;
    }
    return true;
}

static bool same_answer(const struct attribution *ours, char *const cell[])
{
    char findings[256];
    join_findings(ours, findings, sizeof findings);
    bool same = strcmp(cell[1], verdict_names[ours->verdict.kind]) == 0 &&
                strcmp(cell[2], confidence_names[ours->verdict.confidence]) == 0 &&
                strcmp(cell[3], verdict_reason_names[ours->verdict.reason]) == 0 &&
                strtoul(cell[4], NULL, 10) == ours->verdict.samples &&
                strtoul(cell[5], NULL, 10) == ours->lives && strcmp(cell[6], findings) == 0;
    for (size_t i = 0; i < PARTS; i++) {
        same = same && same_shares(&ours->growth.part[i], cell + SHARES_AT + 3 * i) &&
               same_shares(&ours->level.part[i], cell + SHARES_AT + 3 * (PARTS + i));
    }
    return same;
}

static void judged_as_the_reference_judges(void **state)
{
    (void)state;
    AUTO_FREE char *line = NULL;
    size_t capacity = 0, count = 0, same = 0;
    AUTO_FCLOSE FILE *list = open_list("attribution/answers.csv", &line, &capacity);
    for (; getline(&line, &capacity, list) > 0; count++) {
        char *cell[CELLS_MAX];
        struct attribution answer;
        assert_int_equal(cells_of(line, cell), SHARES_AT + 6 * PARTS);
        judge(cell[0], &answer);
        if (same_answer(&answer, cell))
            same++;
        else
            print_error("%s: %s, recorded %s\n", cell[0], verdict_names[answer.verdict.kind],
                        cell[1]);
    }
    print_message("%zu of %zu curves as the reference\n", same, count);
    assert_int_equal(count, 123);
    assert_int_equal(same, count);
}

/* Is `word` one of "a|b|c", or are all ("*")? */
static bool is_among(const char *word, const char *words)
{
    size_t length = strlen(word);
    if (strcmp(words, "*") == 0)
        return true;
    for (const char *at = words; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL) {
        if (strncmp(at, word, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return true;
    }
    return false;
}

static const struct set {
    const char *folder, *manifest;
    size_t accepted_at, first_at; /* cells of the manifest; first 0: not labelled */
    const char *missed;           /* the one whose class is known to be wrong */
    size_t count;
} sets[] = {
    {"attribution/curves", "attribution/curves/manifest.csv", 16, 17, "024_restart_kept_full.csv",
     42},
    {"attribution/cases", "attribution/cases/manifest.csv", 1, 2, NULL, 19},
    {"curves", "curves/manifest-details.csv", 2, 0, "51_inconclusive_late_step_rss.csv", 62},
};

static void judged_as_labelled(void **state)
{
    (void)state;
    for (const struct set *set = sets; set < sets + ARRAY_LENGTH(sets); set++) {
        AUTO_FREE char *line = NULL;
        size_t capacity = 0, count = 0, right = 0, first_right = 0;
        AUTO_FCLOSE FILE *list = open_list(set->manifest, &line, &capacity);
        while (getline(&line, &capacity, list) > 0) {
            char *cell[CELLS_MAX], file[256];
            struct attribution answer;
            if (cells_of(line, cell) <= set->first_at || strncmp(cell[0], "jemalloc-", 9) == 0)
                continue;
            (void)snprintf(file, sizeof file, "%s/%s", set->folder, cell[0]);
            judge(file, &answer);
            bool accepted = is_among(verdict_names[answer.verdict.kind], cell[set->accepted_at]);
            bool known_miss = set->missed && strcmp(cell[0], set->missed) == 0;
            const char *first = finding_names[answer.findings.list[0].kind];
            if (accepted == known_miss)
                fail_msg("%s: %s, labelled %s", file, verdict_names[answer.verdict.kind],
                         cell[set->accepted_at]);
            if (set->first_at > 0 && !is_among(first, cell[set->first_at]))
                fail_msg("%s: first %s, labelled %s", file, first, cell[set->first_at]);
            count++;
            right += accepted;
            first_right += set->first_at > 0;
        }
        print_message("%s: %zu of %zu, first finding %zu\n", set->folder, right, count,
                      first_right);
        assert_int_equal(count, set->count);
        assert_int_equal(right, set->count - (set->missed ? 1 : 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judged_as_the_reference_judges),
        cmocka_unit_test(judged_as_labelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
