#include "voted_findings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "interval.h"
#include "order.h"
#include "scratch.h"

static void vote(const struct attribution *runs, size_t count, enum finding_kind kind,
                 struct voted_finding *out);
static void insert(struct voted_findings *findings, const struct voted_finding *voted);

void voted_findings_build(const struct attribution *runs, size_t count, struct voted_findings *out)
{
    *out = (struct voted_findings){.runs = count};
    for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++) {
        struct voted_finding voted = {.found = 0};
        for (size_t i = 0; i < count; i++)
            voted.found += findings_get(&runs[i].findings, kind) != NULL;
        if (2 * voted.found <= count)
            continue;
        vote(runs, count, kind, &voted);
        insert(out, &voted);
    }
}

static void vote(const struct attribution *runs, size_t count, enum finding_kind kind,
                 struct voted_finding *out)
{
    AUTO_FREE double *sizes = scratch_doubles(count);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const struct finding *one = findings_get(&runs[i].findings, kind);
        if (one)
            sizes[found++] = one->size_bytes;
    }
    out->low = out->high = NAN;
    double middle = order_median(sizes, found);
    double nearest = INFINITY;
    for (size_t i = 0; i < count; i++) {
        const struct finding *one = findings_get(&runs[i].findings, kind);
        double distance = one ? fabs(one->size_bytes - middle) : INFINITY;
        if (one && (nearest == INFINITY || distance < nearest)) {
            out->finding = *one;
            nearest = isnan(distance) ? INFINITY : distance;
        }
    }
    if (!isfinite(middle))
        return;
    struct interval interval = interval_mean(sizes, found, 0.95);
    double scale = out->finding.size_bytes != 0 ? interval.estimate / out->finding.size_bytes : 1;
    out->finding.size_bytes = interval.estimate;
    out->finding.slope_bytes *= scale;
    out->low = interval.low;
    out->high = interval.high;
}

static bool stands_before(const struct finding *left, const struct finding *right)
{
    enum finding_rank one = finding_rank(left->kind), other = finding_rank(right->kind);
    return one > other || (one == other && left->size_bytes > right->size_bytes);
}

static void insert(struct voted_findings *findings, const struct voted_finding *voted)
{
    size_t place = findings->count < FINDINGS_MAX ? findings->count++ : FINDINGS_MAX - 1;
    for (; place > 0 && stands_before(&voted->finding, &findings->list[place - 1].finding); place--)
        findings->list[place] = findings->list[place - 1];
    findings->list[place] = *voted;
}

const struct voted_finding *voted_findings_get(const struct voted_findings *findings,
                                               enum finding_kind kind)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->list[i].finding.kind == kind)
            return &findings->list[i];
    }
    return NULL;
}

const struct voted_finding *voted_findings_of_class(const struct voted_findings *findings,
                                                    enum verdict_kind kind)
{
    static const enum finding_kind of[][2] = {
        [VERDICT_LEAK] = {FINDING_LIVE_GROWS, FINDING_LIVE_GROWS},
        [VERDICT_RETENTION] = {FINDING_KEPT_GROWS, FINDING_KEPT_LEVEL},
        [VERDICT_OUTSIDE] = {FINDING_OUTSIDE_GROWS, FINDING_OUTSIDE_LEVEL},
        [VERDICT_NOT_LIVE] = {FINDING_NOT_LIVE_GROWS, FINDING_NOT_LIVE_LEVEL},
    };
    if (kind == VERDICT_INCONCLUSIVE || kind == VERDICT_PLATEAU)
        return NULL;
    const struct voted_finding *growth = voted_findings_get(findings, of[kind][0]);
    return growth ? growth : voted_findings_get(findings, of[kind][1]);
}

const char *voted_finding_sentence(const struct voted_findings *findings, size_t index, char *out,
                                   size_t size)
{
    const struct voted_finding *voted = &findings->list[index];
    (void)finding_sentence(&voted->finding, "cycle", out, size);
    size_t used = strlen(out);
    if (voted->found < findings->runs)
        (void)snprintf(out + used, size - used, " (in %zu of %zu runs)", voted->found,
                       findings->runs);
    return out;
}
