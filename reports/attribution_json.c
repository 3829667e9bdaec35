#include "attribution_json.h"

#include <math.h>

#include "json_build.h"

enum { SENTENCE_MAX = 640 };

static json_t *share_json(const struct share *share);
static json_t *parts_json(const struct share part[PARTS]);
static json_t *growth_json(const struct growth_split *growth);
static json_t *level_json(const struct level_split *level);
static json_t *signal_json(const struct verdict_signal *signal);
static json_t *remarks_json(const struct attribution *attribution);

json_t *attribution_json(const struct attribution *attribution, const char *axis)
{
    const struct verdict *verdict = &attribution->verdict;
    json_t *findings = json_build(json_array());
    for (size_t i = 0; i < attribution->findings.count; i++)
        json_build_push(findings, finding_json(&attribution->findings.list[i], axis));
    json_t *json = json_build(json_object());
    json_build_put(json, "class", json_build_text(verdict_names[verdict->kind]));
    json_build_put(json, "confidence", json_build_text(confidence_names[verdict->confidence]));
    json_build_put(json, "reason", json_build_text(verdict_reason_names[verdict->reason]));
    json_build_put(json, "mode", json_build_text(attribution_mode_names[attribution->mode]));
    json_build_put(json, "axis", json_build_text(axis));
    json_build_put(json, "rows", json_build_count((int64_t)verdict->samples));
    json_build_put(json, "lives", json_build_count((int64_t)attribution->lives));
    json_build_put(json, "findings", findings);
    json_build_put(json, "growth", growth_json(&attribution->growth));
    json_build_put(json, "level", level_json(&attribution->level));
    json_build_put(json, "live", signal_json(&verdict->live));
    json_build_put(json, "held", signal_json(&verdict->rss));
    json_build_put(json, "remarks", remarks_json(attribution));
    return json;
}

json_t *finding_json(const struct finding *finding, const char *axis)
{
    char sentence[SENTENCE_MAX];
    const char *next = finding_next(finding);
    bool growth = finding_rank(finding->kind) == FINDING_RANK_GROWTH;
    json_t *json = json_build(json_object());
    json_build_put(json, "kind", json_build_text(finding_names[finding->kind]));
    json_build_put(json, growth ? "bytes_per_cycle" : "bytes",
                   json_build_number(finding->size_bytes));
    if (growth)
        json_build_put(json, "growth_share", share_json(&finding->growth));
    json_build_put(json, "sentence",
                   json_build_text(finding_sentence(finding, axis, sentence, sizeof sentence)));
    json_build_put(json, "next", next ? json_build_text(next) : json_null());
    return json;
}

static json_t *share_json(const struct share *share)
{
    json_t *json = json_build(json_object());
    json_build_put(json, "ratio", json_build_number(share->share));
    json_build_put(json, "low", json_build_number(share->low));
    json_build_put(json, "high", json_build_number(share->high));
    return json;
}

static json_t *parts_json(const struct share part[PARTS])
{
    json_t *json = json_build(json_object());
    for (int i = 0; i < PARTS; i++)
        json_build_put(json, part_names[i], share_json(&part[i]));
    return json;
}

static json_t *growth_json(const struct growth_split *growth)
{
    json_t *json = json_build(json_object());
    json_build_put(json, "bytes_per_cycle", json_build_number(growth->bytes_per_cycle));
    json_build_put(json, "kept_told", json_build(json_boolean(!growth->untold)));
    json_build_put(json, "shares", parts_json(growth->part));
    return json;
}

static json_t *level_json(const struct level_split *level)
{
    json_t *json = json_build(json_object());
    json_build_put(json, "bytes", json_build_number(level->occupied_bytes));
    json_build_put(json, "start_bytes", json_build_number(level->start_bytes));
    json_build_put(json, "shares", parts_json(level->part));
    return json;
}

static json_t *signal_json(const struct verdict_signal *signal)
{
    if (!signal->available)
        return json_null();
    const struct {
        const char *name;
        double value;
    } numbers[] = {
        {"slope_bytes_per_cycle", signal->slope_per_cycle},
        {"slope_low_bytes_per_cycle", signal->slope_low},
        {"slope_high_bytes_per_cycle", signal->slope_high},
        {"unseen_bytes_per_cycle", signal->unseen_per_cycle},
        {"pace_ratio", signal->pace},
        {"largest_step_share_ratio", signal->largest_step_share},
        {"level_bytes", signal->level_bytes},
        {"tolerance_bytes", signal->tolerance_bytes},
        {"flat_bytes", signal->flat_bytes},
        {"judged_cycles", signal->judged_cycles},
    };
    json_t *json = json_build(json_object());
    json_build_put(json, "state", json_build_text(signal_state_names[signal->state]));
    json_build_put(json, "settled", json_build(json_boolean(signal->settled)));
    json_build_put(json, "samples", json_build_count((int64_t)signal->samples));
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
        json_build_put(json, numbers[i].name, json_build_number(numbers[i].value));
    return json;
}

static json_t *remarks_json(const struct attribution *attribution)
{
    char sentence[SENTENCE_MAX];
    json_t *json = json_build(json_array());
    for (size_t i = 0; i < attribution->remark_count; i++)
        json_build_push(json, json_build_text(remark_sentence(&attribution->remarks[i], sentence,
                                                              sizeof sentence)));
    return json;
}
