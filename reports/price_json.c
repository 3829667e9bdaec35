#include <jansson.h>

#include "json_build.h"
#include "order.h"
#include "price_list.h"
#include "sections.h"

static const char *const cost_keys[TUNE_COSTS] = {"memory_bytes", "cpu_ns_per_cycle",
                                                  "join_p99_ns"};
static const char *const words[] = {"unknown", "none_seen", "same", "less", "more"};

static json_t *json_of_cost(const struct price_list *list, size_t line, size_t cost)
{
    const struct tune_effect *effect = &list->choice->line[line].effect[cost];
    const size_t blocks = list->data->blocks;
    json_t *json = json_build(json_object());
    json_build_put(
        json, "median",
        json_build_number(order_median(list->data->value[cost] + line * blocks, blocks)));
    json_build_put(json, "effect",
                   json_build_text(list->data->unranked ? "not_ranked" : words[effect->word]));
    json_build_put(json, "ratio", json_build_number(effect->ratio));
    json_build_put(json, "low", json_build_number(effect->low));
    json_build_put(json, "high", json_build_number(effect->high));
    json_build_put(json, "p_holm", json_build_number(effect->p_holm));
    json_build_put(json, "blocks", json_integer((json_int_t)effect->blocks));
    return json;
}

static json_t *json_of_line(const struct price_list *list, size_t line)
{
    char text[1024];
    const size_t blocks = list->data->blocks;
    json_t *json = json_build(json_object());
    json_build_put(json, "setting", json_build_text(price_name(list, line, text, sizeof text)));
    json_build_put(json, "environment",
                   json_build_text(price_environment(list, line, text, sizeof text)));
    for (size_t c = 0; c < TUNE_COSTS; c++)
        json_build_put(json, cost_keys[c], json_of_cost(list, line, c));
    json_build_put(
        json, "half_back_seconds",
        json_build_number(order_median(list->data->value[TUNE_BACK] + line * blocks, blocks)));
    json_build_put(json, "half_back",
                   json_build_text(price_back(list, line, true, text, sizeof text)));
    json_build_put(json, "on_frontier", json_boolean(list->choice->line[line].on_frontier));
    json_build_put(json, "trouble",
                   *list->data->trouble[line] ? json_build_text(list->data->trouble[line])
                                              : json_null());
    json_build_put(json, "proof",
                   *list->data->proof[line] ? json_build_text(list->data->proof[line])
                                            : json_null());
    return json;
}

void price_list_json(const struct price_list *list, FILE *out)
{
    char advice[PRICE_ADVICE_MAX], name[TUNE_NAME_MAX];
    json_t *document = json_build(json_object());
    json_t *lines = json_build(json_array());
    for (size_t i = 0; i < list->choice->count; i++)
        json_build_push(lines, json_of_line(list, i));
    json_build_put(document, "workload", json_build_text(list->workload));
    json_build_put(document, "row", json_build_text(list->base));
    json_build_put(document, "version", json_build_text(list->version));
    json_build_put(document, "settings", lines);
    json_build_put(
        document, "best",
        list->data->unranked
            ? json_null()
            : json_build_text(price_name(list, (size_t)list->choice->best, name, sizeof name)));
    json_build_put(document, "replay",
                   list->judged ? section_replay_json(list->judged) : json_null());
    json_build_put(document, "deployment",
                   list->advised ? section_deployment_json(list->advised, list->advised_row)
                                 : json_null());
    json_build_put(document, "default_differs_from_itself",
                   json_boolean(list->choice->default_differs));
    json_build_put(document, "advice", json_build_text(price_advice(list, advice, sizeof advice)));
    (void)json_dumpf(document, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    (void)fputc('\n', out);
    json_decref(document);
}
