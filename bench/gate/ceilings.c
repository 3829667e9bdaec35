#include "ceilings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ceilings_yaml.h"
#include "text.h"
#include "units.h"

enum { KEY_WORKLOAD, KEY_ROW, KEY_SUBJECT, KEY_METRIC, KEY_AT_MOST };
enum { LEAK_WORKLOAD, LEAK_ROW, LEAK_WHY };

static int read_ceiling(const struct ceilings_yaml *yaml, size_t index, struct ceilings *ceilings,
                        struct err *err);
static void read_leak(const struct ceilings_yaml *yaml, size_t index, struct expected_leak *out);

static char *copy(const char *text)
{
    char *own = strdup(text);
    if (!own)
        abort();
    return own;
}

int ceilings_load(const char *path, struct ceilings *out, struct err *err)
{
    AUTO(ceilings_yaml) struct ceilings_yaml yaml = {.item_count = 0};
    AUTO(ceilings) struct ceilings ceilings = {.count = 0};
    int code = ceilings_yaml_read(path, &yaml, err);
    if (code < 0)
        return code;
    if (yaml.item_count + yaml.leak_count == 0)
        return err_set(err, -EINVAL,
                       "%s:1:1: there is no ceiling in it; 'heapchurn ceilings DIR' writes some",
                       path);
    ceilings.path = copy(path);
    ceilings.items = calloc(yaml.item_count + 1, sizeof *ceilings.items);
    ceilings.leaks = calloc(yaml.leak_count + 1, sizeof *ceilings.leaks);
    if (!ceilings.items || !ceilings.leaks)
        abort();
    for (size_t i = 0; code == 0 && i < yaml.item_count; i++)
        code = read_ceiling(&yaml, i, &ceilings, err);
    for (; ceilings.leak_count < yaml.leak_count; ceilings.leak_count++)
        read_leak(&yaml, ceilings.leak_count, &ceilings.leaks[ceilings.leak_count]);
    if (code < 0)
        return code;
    *out = ceilings;
    ceilings = (struct ceilings){.count = 0};
    return 0;
}

void ceilings_release(struct ceilings *ceilings)
{
    for (size_t i = 0; i < ceilings->count; i++) {
        free(ceilings->items[i].workload);
        free(ceilings->items[i].row);
        free(ceilings->items[i].subject);
        free(ceilings->items[i].at_most_as_written);
    }
    for (size_t i = 0; i < ceilings->leak_count; i++) {
        free(ceilings->leaks[i].workload);
        free(ceilings->leaks[i].row);
        free(ceilings->leaks[i].why);
    }
    free(ceilings->items);
    free(ceilings->leaks);
    free(ceilings->path);
    *ceilings = (struct ceilings){.count = 0};
}

static int parse_metric(const char *text, enum metric_id *out, struct err *err)
{
    const char *names[METRIC_COUNT + 1] = {NULL};
    for (size_t i = 0; i < METRIC_COUNT; i++) {
        names[i] = metrics[i].key;
        if (strcmp(text, names[i]) != 0)
            continue;
        *out = (enum metric_id)i;
        return 0;
    }
    return text_unknown("metric", text, names, "expected a key of result.json", -EINVAL, err);
}

static int parse_limit(const char *text, enum metric_unit unit, double *out, struct err *err)
{
    int64_t whole = 0;
    int code = 0;
    char *end = NULL;
    switch (unit) {
    case UNIT_BYTES:
    case UNIT_BYTES_PER_CYCLE:
        code = units_parse_bytes(text, &whole, err);
        break;
    case UNIT_NS:
        code = units_parse_duration(text, &whole, err);
        break;
    case UNIT_RATIO:
    case UNIT_COUNT: {
        double number = strtod(text, &end);
        if (end == text || *end || !isfinite(number) || number < 0)
            return err_set(err, -EINVAL, "'%s' is given; expected a number from 0", text);
        *out = number;
        return 0;
    }
    }
    if (code < 0)
        return code;
    *out = (double)whole;
    return 0;
}

static int same_twice(const struct ceilings *ceilings, const struct ceiling *item, struct err *err)
{
    for (size_t i = 0; i < ceilings->count; i++) {
        const struct ceiling *other = &ceilings->items[i];
        if (strcmp(other->subject, item->subject) == 0 && other->metric == item->metric &&
            strcmp(other->workload, item->workload) == 0 && strcmp(other->row, item->row) == 0)
            return err_set(err, -EINVAL, "the same ceiling stands in line %d already", other->line);
    }
    return 0;
}

static int read_ceiling(const struct ceilings_yaml *yaml, size_t index, struct ceilings *ceilings,
                        struct err *err)
{
    char *const *text = yaml->items[index].text;
    const struct ceilings_place *places = yaml->item_places + index * CEILINGS_KEYS_MAX;
    struct ceiling item = {.line = places[KEY_AT_MOST].line};
    size_t key = KEY_METRIC;
    int code = parse_metric(text[KEY_METRIC], &item.metric, err);
    if (code == 0)
        code = parse_limit(text[key = KEY_AT_MOST], metrics[item.metric].unit, &item.at_most, err);
    item.workload = text[KEY_WORKLOAD];
    item.row = text[KEY_ROW];
    item.subject = text[KEY_SUBJECT];
    if (code == 0) {
        key = KEY_WORKLOAD;
        code = same_twice(ceilings, &item, err);
    }
    if (code < 0) {
        (void)err_wrap(err, "%s:%d:%d: %s", ceilings->path, places[key].line, places[key].column,
                       ceilings_item_keys[key]);
        return -EINVAL;
    }
    item.workload = copy(item.workload);
    item.row = copy(item.row);
    item.subject = copy(item.subject);
    item.at_most_as_written = copy(text[KEY_AT_MOST]);
    ceilings->items[ceilings->count++] = item;
    return 0;
}

static void read_leak(const struct ceilings_yaml *yaml, size_t index, struct expected_leak *out)
{
    char *const *text = yaml->leaks[index].text;
    *out = (struct expected_leak){
        .workload = copy(text[LEAK_WORKLOAD]),
        .row = copy(text[LEAK_ROW]),
        .why = copy(text[LEAK_WHY]),
        .line = yaml->leak_places[index * CEILINGS_KEYS_MAX].line,
    };
}
