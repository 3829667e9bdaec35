#include "host_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

enum { KINDS = VERDICT_PLATEAU + 1 };

static void say_percent(FILE *out, double ratio)
{
    double percent = 100 * (ratio - 1);
    (void)fprintf(out, "%+.0f %%", round(percent) == 0 ? 0 : percent);
}

void host_say_range(FILE *out, double least, double greatest)
{
    double low = round(100 * (least - 1)), high = round(100 * (greatest - 1));
    if (low != high)
        (void)fprintf(out, "%+.0f to ", low == 0 ? 0 : low);
    say_percent(out, greatest);
}

static void *allocate(size_t count, size_t size)
{
    void *room = calloc(count, size);
    if (!room)
        abort();
    return room;
}

static size_t count_word(const struct compare_host *each, size_t hosts, enum comparison_word word)
{
    size_t count = 0;
    for (size_t h = 0; h < hosts; h++)
        count += each[h].blocks > 0 && each[h].word == word;
    return count;
}

/* Hosts of one word: "n1, n2 -15 to -14 %", or "980 hosts -19 to -11 %". */
static void say_group(FILE *out, const struct measured_hosts *hosts,
                      const struct compare_host *each, enum comparison_word word)
{
    double least = INFINITY, greatest = 0;
    AUTO_FREE bool *which = allocate(hosts->count, sizeof *which);
    for (size_t h = 0; h < hosts->count; h++) {
        which[h] = each[h].blocks > 0 && each[h].word == word;
        least = which[h] ? fmin(least, each[h].ratio) : least;
        greatest = which[h] ? fmax(greatest, each[h].ratio) : greatest;
    }
    measured_hosts_say(out, hosts, which, ", ");
    (void)fputc(' ', out);
    host_say_range(out, least, greatest);
}

static void say_differs(FILE *out, const struct measured_hosts *hosts,
                        const struct compare_host *each)
{
    static const enum comparison_word order[] = {COMPARISON_BETTER, COMPARISON_WORSE,
                                                 COMPARISON_SAME, COMPARISON_UNDECIDED};
    size_t said = 0;
    (void)fputs("differs by host: ", out);
    for (size_t i = 0; i < ARRAY_LENGTH(order); i++) {
        if (count_word(each, hosts->count, order[i]) == 0)
            continue;
        (void)fputs(said++ ? "; " : "", out);
        say_group(out, hosts, each, order[i]);
    }
}

bool host_say_comparison(FILE *out, const struct result_workload *workload, size_t index,
                         size_t row, size_t reference)
{
    const struct measured_hosts *hosts = &workload->hosts;
    struct comparison pair = compare_metrics_pair(&workload->comparisons[index], row, reference);
    if (pair.hosts < 2)
        return false;
    AUTO_FREE struct compare_host *each = allocate(hosts->count, sizeof *each);
    compare_metrics_on_each(workload, index, row, reference, each);
    if (pair.hosts_differ) {
        say_differs(out, hosts, each);
        return true;
    }
    if (pair.word == COMPARISON_NOT_RANKED)
        (void)fprintf(out, "not ranked on %zu hosts (", pair.hosts);
    else if (pair.word == COMPARISON_UNDECIDED || pair.word == COMPARISON_NOT_TOLD_APART)
        (void)fprintf(out, "not told apart on %zu hosts (", pair.hosts);
    else if (pair.word == COMPARISON_SAME)
        (void)fprintf(out, "within 5 %% on %zu hosts (", pair.hosts);
    else if (pair.blocks == pair.hosts)
        (void)fprintf(out, "%s over %zu hosts of one block each (", comparison_words[pair.word],
                      pair.hosts);
    else
        (void)fprintf(out, "holds on %zu of %zu hosts (", pair.hosts_agree, pair.hosts);
    host_say_range(out, pair.least, pair.greatest);
    (void)fputc(')', out);
    return true;
}

bool host_say_machines(FILE *out, const struct measured_hosts *hosts)
{
    size_t machines = measured_hosts_machines(hosts);
    if (machines == hosts->count)
        return false;
    (void)fprintf(
        out,
        "These hosts are %zu machine%s under %zu names: their cells shared its cores, and "
        "nothing is said of other machines.",
        machines, machines == 1 ? "" : "s", hosts->count);
    return true;
}

static size_t take_blocks(const struct result_workload *workload, const struct result_row *row,
                          const struct result_subject *subject, size_t host,
                          struct verdict *verdicts, struct attribution *attributions)
{
    size_t count = 0;
    for (size_t i = 0; i < row->valid && i < subject->attribution_count; i++) {
        if (measured_hosts_of(&workload->hosts, row->records[i]) != host)
            continue;
        attributions[count] = subject->attributions[i];
        verdicts[count++] = subject->attributions[i].verdict;
    }
    return count;
}

void host_verdicts(const struct result_workload *workload, const struct result_row *row,
                   const struct result_subject *subject, struct host_verdict *out_each)
{
    AUTO_FREE struct verdict *verdicts = allocate(row->valid + 1, sizeof *verdicts);
    AUTO_FREE struct attribution *attributions = allocate(row->valid + 1, sizeof *attributions);
    for (size_t h = 0; h < workload->hosts.count; h++) {
        struct voted_findings findings;
        struct verdict_vote vote;
        size_t count = take_blocks(workload, row, subject, h, verdicts, attributions);
        out_each[h] = (struct host_verdict){.blocks = count};
        if (count == 0)
            continue;
        if (subject->live_by_ledger)
            verdict_vote_one_pass(verdicts, count, &vote);
        else
            verdict_vote(verdicts, count, &vote);
        voted_findings_build(attributions, count, &findings);
        out_each[h].kind = vote.kind;
        out_each[h].leaks =
            vote.kind == VERDICT_LEAK || voted_findings_get(&findings, FINDING_LIVE_GROWS) != NULL;
        out_each[h].sure = vote.kind == VERDICT_LEAK ? vote.confidence : CONFIDENCE_NONE;
        for (size_t i = 0; vote.kind != VERDICT_LEAK && i < count; i++) {
            enum confidence one = attribution_leak_confidence(&attributions[i]);
            out_each[h].sure = one > out_each[h].sure ? one : out_each[h].sure;
        }
    }
}

static void say_hosts_of(FILE *out, const struct measured_hosts *hosts,
                         const struct host_verdict *each, enum verdict_kind kind)
{
    AUTO_FREE bool *which = allocate(hosts->count, sizeof *which);
    for (size_t h = 0; h < hosts->count; h++)
        which[h] = each[h].blocks > 0 && each[h].kind == kind;
    measured_hosts_say(out, hosts, which, " and ");
}

bool host_say_verdicts(FILE *out, const struct result_workload *workload,
                       const struct result_row *row, const struct result_subject *subject)
{
    const struct measured_hosts *hosts = &workload->hosts;
    size_t of_kind[KINDS] = {0}, measured = 0, said = 0;
    if (hosts->count < 2)
        return false;
    AUTO_FREE struct host_verdict *each = allocate(hosts->count, sizeof *each);
    host_verdicts(workload, row, subject, each);
    for (size_t h = 0; h < hosts->count; h++) {
        measured += each[h].blocks > 0;
        of_kind[each[h].kind] += each[h].blocks > 0;
    }
    for (size_t kind = 0; kind < KINDS; kind++) {
        if (of_kind[kind] == 0)
            continue;
        if (of_kind[kind] == measured) {
            (void)fprintf(out, "%s on %zu of %zu hosts", verdict_names[kind], measured, measured);
            return true;
        }
        (void)fprintf(out, "%s%s on ", said++ ? ", " : "", verdict_names[kind]);
        say_hosts_of(out, hosts, each, (enum verdict_kind)kind);
    }
    return measured > 0;
}
