#include "huge_pages_cost.h"

#include <math.h>
#include <string.h>

#include "row_words.h"

#define WORTH_SAYING 1.05

static const char without[] = "+nothp";

static bool is_without(const struct result_row *row, const struct result_row *of)
{
    size_t length = strlen(of->row->name);
    return row->row->huge_pages == HUGE_PAGES_OFF &&
           strncmp(row->row->name, of->row->name, length) == 0 &&
           strcmp(row->row->name + length, without) == 0;
}

static double median(const struct result_row *row, enum metric_id metric)
{
    return row_primary(row)->metric[metric].median;
}

static void say_pair(FILE *out, const struct result_row *with, const struct result_row *bare)
{
    double held = median(with, METRIC_RSS_ANON_END), least = median(bare, METRIC_RSS_ANON_END);
    double grows = median(with, METRIC_RSS_ANON_PER_CYCLE);
    double bare_grows = median(bare, METRIC_RSS_ANON_PER_CYCLE);
    if (!(median(with, METRIC_ANON_HUGE_END) > 0) || !(held > WORTH_SAYING * least))
        return;
    (void)fputs(" Huge pages are ", out);
    row_say_mib(out, held - least);
    (void)fputs(" of the ", out);
    row_say_mib(out, held);
    (void)fprintf(out, " that %s holds at the end: without them (%s) it is ", with->row->name,
                  bare->row->name);
    row_say_mib(out, least);
    if (row_rss_grows(with) && bare_grows < grows) {
        (void)fputs(", and it grows by ", out);
        row_say_per_cycle(out, fmax(0, bare_grows));
        (void)fputs(" per cycle in place of ", out);
        row_say_per_cycle(out, grows);
    }
    (void)fputs(".", out);
}

void huge_pages_cost_say(FILE *out, const struct result_workload *workload)
{
    for (size_t i = 0; i < workload->row_count; i++)
        for (size_t k = 0; k < workload->row_count; k++)
            if (row_measured(&workload->rows[i]) && row_measured(&workload->rows[k]) &&
                is_without(&workload->rows[k], &workload->rows[i]))
                say_pair(out, &workload->rows[i], &workload->rows[k]);
}
