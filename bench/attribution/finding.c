#include "finding.h"

const char *const finding_names[FINDING_KINDS + 1] = {
    [FINDING_LIVE_GROWS] = "live-grows",
    [FINDING_KEPT_GROWS] = "kept-grows",
    [FINDING_OUTSIDE_GROWS] = "outside-grows",
    [FINDING_NOT_LIVE_GROWS] = "not-live-grows",
    [FINDING_UNKNOWN_GROWS] = "unknown-grows",
    [FINDING_LAZY_GROWS] = "lazy-grows",
    [FINDING_RESTARTS] = "restarts",
    [FINDING_FALLS_BACK] = "falls-back",
    [FINDING_KEPT_LEVEL] = "kept-level",
    [FINDING_OUTSIDE_LEVEL] = "outside-level",
    [FINDING_NOT_LIVE_LEVEL] = "not-live-level",
    [FINDING_LAZY_LEVEL] = "lazy-level",
    [FINDING_HUGE_PAGES] = "huge-pages",
    [FINDING_SWAPPED] = "swapped",
    [FINDING_UNTOUCHED] = "untouched",
    [FINDING_BOOKS] = "books",
    [FINDING_NONE] = "none",
    [FINDING_UNDECIDED] = "undecided",
};

enum finding_rank finding_rank(enum finding_kind kind)
{
    if (kind < FINDING_KEPT_LEVEL)
        return FINDING_RANK_GROWTH;
    return kind < FINDING_HUGE_PAGES ? FINDING_RANK_LEVEL : FINDING_RANK_NOTE;
}

static bool stands_before(const struct finding *left, const struct finding *right)
{
    enum finding_rank one = finding_rank(left->kind), other = finding_rank(right->kind);
    return one > other || (one == other && left->size_bytes > right->size_bytes);
}

void findings_add(struct findings *findings, const struct finding *finding)
{
    size_t place = findings->count < FINDINGS_MAX ? findings->count++ : FINDINGS_MAX - 1;
    for (; place > 0 && stands_before(finding, &findings->list[place - 1]); place--)
        findings->list[place] = findings->list[place - 1];
    findings->list[place] = *finding;
}

const struct finding *findings_get(const struct findings *findings, enum finding_kind kind)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->list[i].kind == kind)
            return &findings->list[i];
    }
    return NULL;
}
