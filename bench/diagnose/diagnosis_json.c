#include <math.h>
#include <stdio.h>
#include <string.h>

#include "diagnose.h"
#include "json_file.h"
#include "known.h"
#include "path.h"
#include "verdict.h"

static json_t *number_json(int64_t value)
{
    return value < 0 ? json_null() : json_integer(value);
}

static json_t *amount_json(struct amount amount)
{
    return json_pack("{s:o, s:o}", "bytes", number_json(amount.bytes), "blocks",
                     number_json(amount.blocks));
}

static json_t *text_json(const char *text)
{
    return text && *text ? json_text(text) : json_null();
}

static json_t *ratio_json(double above, double below)
{
    return isfinite(above / below) ? json_real(above / below) : json_null();
}

static json_t *site_json(const struct diagnosis *diagnosis, const struct site *site)
{
    json_t *object =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "where", text_json(site->where), "function",
                  text_json(site->frame.function), "file", text_json(site->frame.file), "line",
                  number_json(site->frame.line > 0 ? site->frame.line : AMOUNT_NA), "object",
                  text_json(site->frame.object), "callers", text_json(site->via));
    for (int moment = 0; moment < MOMENT_COUNT; moment++)
        (void)json_object_set_new(object, moment_names[moment],
                                  *diagnosis->why_not[moment] ? json_null()
                                                              : amount_json(site->amount[moment]));
    return object;
}

int diagnosis_save(const struct diagnosis *diagnosis, const struct diagnosis *plain,
                   struct err *err)
{
    char cause[1024];
    const char *program = record_primary(&diagnosis->record)->program;
    AUTO_JSON json_t *root = json_pack(
        "{s:s, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o}", "tool", diagnosis->tool->name, "program",
        text_json(program ? basename(program) : NULL), "blind", text_json(diagnosis->tool->blind),
        "cycles", (json_int_t)diagnosis->cycles, "problem", text_json(diagnosis->problem),
        "cpu_slowdown_ratio", ratio_json(diagnosis->cpu_ns_per_cycle, plain->cpu_ns_per_cycle),
        "time_slowdown_ratio", ratio_json(diagnosis->wall_ns_per_cycle, plain->wall_ns_per_cycle),
        "lost_on_purpose_blocks", number_json(diagnosis->lost_blocks), "lost_on_purpose_bytes",
        number_json(diagnosis->lost_bytes));
    for (int moment = 0; moment < MOMENT_COUNT; moment++) {
        json_t *sum = amount_json(diagnosis_sum(diagnosis, (enum moment)moment));
        (void)json_object_set_new(sum, "unavailable", text_json(diagnosis->why_not[moment]));
        (void)json_object_set_new(root, moment_names[moment], sum);
    }
    json_t *sites = json_array();
    for (size_t i = 0; i < diagnosis->sites.count; i++)
        (void)json_array_append_new(sites, site_json(diagnosis, &diagnosis->sites.list[i]));
    (void)json_object_set_new(root, "sites", sites);
    (void)json_object_set_new(root, "known_cause",
                              text_json(known_cause(diagnosis, cause, sizeof cause)));
    json_t *places = json_array();
    for (size_t i = 0; i < diagnosis->places.count; i++) {
        const struct place_row *place = &diagnosis->places.list[i];
        (void)json_array_append_new(places,
                                    json_pack("{s:o, s:I, s:o}", "name", json_text(place->name),
                                              "free_bytes", (json_int_t)place->free_bytes,
                                              "used_bytes", number_json(place->used_bytes)));
    }
    (void)json_object_set_new(root, "free_memory", places);
    AUTO_FREE char *path = path_join(diagnosis->folder, "diagnosis.json");
    return json_file_save(path, root, err);
}

int diagnosis_save_answer(const struct diagnose_request *request,
                          const struct diagnosis_answer *answer, struct err *err)
{
    json_t *tools = json_array();
    for (size_t i = 0; i < answer->count; i++)
        (void)json_array_append_new(tools, json_string(answer->diagnoses[i].tool->name));
    AUTO_JSON json_t *root =
        json_pack("{s:o, s:o, s:s, s:I, s:s, s:s, s:o, s:o, s:o}", "workload",
                  text_json(request->workload->name), "row", text_json(request->row), "allocator",
                  request->allocator, "cycles", (json_int_t)answer->plain->cycles, "verdict",
                  verdict_names[answer->verdict->kind], "confidence",
                  confidence_names[answer->verdict->confidence], "sentence",
                  text_json(answer->sentence), "answer", text_json(answer->answer), "tools", tools);
    AUTO_FREE char *path = path_join(request->folder, "diagnosis.json");
    return json_file_save(path, root, err);
}
