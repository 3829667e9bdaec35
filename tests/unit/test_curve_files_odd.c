/* tests/data/attribution/odd: 00 is a plain leak, 60 rows; every other file is the same data in
 * another dress, or a damaged copy. Each must be judged as 00, or refused by line, or it must be
 * said what is not known: never another answer. wrapped/: counters that cannot be. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "attribution.h"
#include "curve_file.h"

#define FOLDER TEST_DATA_DIR "/attribution/"

enum { SLOPE_OF_00 = 65536 };

static const struct odd {
    const char *file;
    const char *refused;    /* what the refusal says after the file's name; NULL: it is read */
    const char *class_name; /* NULL: as 00, with its slope */
    const char *finding;    /* the first one; NULL: as 00 */
    const char *remark;     /* a part of one; NULL: there is none */
} files[] = {
    {"odd/00-base-leak.csv", NULL, NULL, NULL, NULL},
    {"odd/01-bom.csv", NULL, NULL, NULL, NULL},
    {"odd/02-crlf.csv", NULL, NULL, NULL, NULL},
    {"odd/03-cr-only.csv", NULL, NULL, NULL, NULL},
    {"odd/04-semicolons-decimal-comma.csv", NULL, NULL, NULL, NULL},
    {"odd/05-tabs.tsv", NULL, NULL, NULL, NULL},
    {"odd/06-no-final-newline.csv", NULL, NULL, NULL, NULL},
    {"odd/07-blank-lines-and-spaces.csv", NULL, NULL, NULL, NULL},
    {"odd/08-quoted.csv", NULL, NULL, NULL, NULL},
    {"odd/09-columns-in-another-order.csv", NULL, NULL, NULL, NULL},
    {"odd/10-more-columns.csv", NULL, NULL, NULL, NULL},
    {"odd/11-upper-case-header.csv", NULL, NULL, NULL, NULL},
    {"odd/12-no-header.csv", ":1:1: the header must name cycle", NULL, NULL, NULL},
    {"odd/13-header-only.csv", NULL, "inconclusive", "undecided", NULL},
    {"odd/14-empty.csv", ": empty", NULL, NULL, NULL},
    {"odd/15-one-row.csv", NULL, "inconclusive", "undecided", NULL},
    {"odd/16-two-rows.csv", NULL, "inconclusive", "undecided", NULL},
    {"odd/17-all-live-empty.csv", NULL, "inconclusive", "unknown-grows", NULL},
    {"odd/18-all-rss-empty.csv", NULL, NULL, NULL, NULL},
    {"odd/19-everything-empty-but-cycle.csv", NULL, "inconclusive", "undecided", NULL},
    {"odd/20-scientific.csv", NULL, NULL, NULL, NULL},
    {"odd/21-fractions-of-bytes.csv", NULL, NULL, NULL, NULL},
    {"odd/22-thousands-separators.csv", ":2:3: live_bytes is not a number", NULL, NULL, NULL},
    {"odd/23-units-in-cells.csv", ":2:5: rss_bytes is not a number", NULL, NULL, NULL},
    {"odd/24-nan-and-inf.csv", ":41:5: rss_bytes is not a number", NULL, NULL, NULL},
    {"odd/25-NA-null-dash.csv", NULL, "inconclusive", "unknown-grows", NULL},
    {"odd/26-zero-for-unknown.csv", NULL, "outside", "outside-grows", "0 in all rows"},
    {"odd/27-time-runs-backwards-once.csv", NULL, "leak", "restarts", NULL},
    {"odd/28-rows-shuffled.csv", ":3:1: cycle or elapsed_s falls", NULL, NULL, NULL},
    {"odd/29-newest-first.csv", ":3:1: cycle or elapsed_s falls", NULL, NULL, NULL},
    {"odd/30-cycle-repeats.csv", NULL, "leak", "live-grows", "cycle stands still in 29 rows"},
    {"odd/31-cycle-constant.csv", NULL, "inconclusive", "undecided", "the same in all rows"},
    {"odd/32-cycle-is-a-time-stamp.csv", ":2:1: cycle is not a number", NULL, NULL, NULL},
    {"odd/33-elapsed-is-unix-time.csv", NULL, NULL, NULL, NULL},
    {"odd/34-comment-lines.csv", NULL, NULL, NULL, NULL},
    {"odd/35-short-row-in-the-middle.csv", ":32:1: 2 fields", NULL, NULL, NULL},
    {"odd/36-two-files-glued.csv", ":32:1: cycle is not a number", NULL, NULL, NULL},
    {"odd/37-nul-bytes.csv", ":32:", NULL, NULL, NULL},
    {"odd/38-utf16.csv", ":1:1: UTF-16", NULL, NULL, NULL},
    {"odd/39-one-gap-of-40-cycles.csv", NULL, "inconclusive", "undecided", "a gap of 41 cycles"},
    {"odd/40-psrecord.txt", NULL, "inconclusive", "unknown-grows", NULL},
    {"odd/41-watch-columns.csv", NULL, "inconclusive", "unknown-grows", NULL},
    {"odd/42-huge-cycle-numbers.csv", ":2:1: cycle cannot be counted exactly", NULL, NULL, NULL},
    {"odd/43-same-column-twice.csv", ":1:6: a second column 'rss_bytes'", NULL, NULL, NULL},
    {"wrapped/curve.csv", ":3:5: rss_bytes cannot be 18446744020880113664", NULL, NULL, NULL},
    {"wrapped/one-bad-row.csv", ":9:5: rss_bytes cannot be 18446744073580576768", NULL, NULL, NULL},
    {"wrapped/negative-live.csv", ":3:3: live_bytes cannot be negative: -4096", NULL, NULL, NULL},
};

static bool remarks(const struct attribution *answer, const struct curve_file *file,
                    const char *wanted)
{
    char sentence[512];
    if (!wanted)
        return answer->remark_count + file->remark_count == 0;
    for (size_t i = 0; i < answer->remark_count; i++) {
        if (strstr(remark_sentence(&answer->remarks[i], sentence, sizeof sentence), wanted))
            return true;
    }
    for (size_t i = 0; i < file->remark_count; i++) {
        if (strstr(file->remark[i], wanted))
            return true;
    }
    return false;
}

static void check(const struct odd *odd)
{
    char path[512];
    struct err err = ERR_INIT;
    AUTO(curve_file) struct curve_file file = {0};
    (void)snprintf(path, sizeof path, FOLDER "%s", odd->file);
    AUTO_FCLOSE FILE *stream = fopen(path, "re");
    assert_non_null(stream);
    int status = curve_file_read(stream, odd->file, "peer", &file, &err);
    if (odd->refused) {
        const char *said = err.text + strlen(odd->file);
        if (status == 0 || strncmp(said, odd->refused, strlen(odd->refused)) != 0)
            fail_msg("%s: not refused so: %s", odd->file, err.text);
        return;
    }
    if (status < 0)
        fail_msg("%s: refused: %s", odd->file, err.text);
    struct attribution answer;
    attribution_judge(&file.curve, &answer);
    const char *kind = verdict_names[answer.verdict.kind];
    const char *first = finding_names[answer.findings.list[0].kind];
    double slope = answer.verdict.live.slope_per_cycle;
    if (strcmp(kind, odd->class_name ? odd->class_name : "leak") != 0 ||
        strcmp(first, odd->finding ? odd->finding : "live-grows") != 0)
        fail_msg("%s: %s, %s", odd->file, kind, first);
    if (!odd->class_name && !(fabs(slope - SLOPE_OF_00) < 0.02 * SLOPE_OF_00))
        fail_msg("%s: slope %f", odd->file, slope);
    if (!remarks(&answer, &file, odd->remark))
        fail_msg("%s: other remarks than '%s': %zu and %zu", odd->file,
                 odd->remark ? odd->remark : "none", answer.remark_count, file.remark_count);
}

static void each_is_right_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
        check(&files[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_is_right_or_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
