#include "ceilings.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fields_file.h"
#include "text.h"
#include "units.h"

static int check_ceilings(const struct yaml_tree *tree, struct ceilings *ceilings, struct err *err);

static const struct field item_fields[] = {
    {FIELD_AT(struct ceiling, workload), .key = "workload", .kind = FIELD_WORD,
     .sentence = "a workload of the run"},
    {FIELD_AT(struct ceiling, row), .key = "row", .kind = FIELD_WORD,
     .sentence = "a row of the run"},
    {FIELD_AT(struct ceiling, subject), .key = "subject", .kind = FIELD_WORD,
     .sentence = "a measured role of the workload"},
    {FIELD_AT(struct ceiling, metric_as_written), .key = "metric", .kind = FIELD_WORD,
     .sentence = "a key of result.json"},
    {FIELD_AT(struct ceiling, at_most_as_written), .key = "at_most", .kind = FIELD_WORD,
     .sentence = "the most that is allowed, with its unit"},
    {FIELD_AT(struct ceiling, host), .key = "host", .kind = FIELD_WORD, .fallback = "",
     .sentence = "hosts it is about, as a shell pattern; without it all"},
    {.name = NULL},
};

static const struct field leak_fields[] = {
    {FIELD_AT(struct expected_leak, workload), .key = "workload", .kind = FIELD_WORD,
     .sentence = "a workload of the run"},
    {FIELD_AT(struct expected_leak, row), .key = "row", .kind = FIELD_WORD,
     .sentence = "a row of the run"},
    {FIELD_AT(struct expected_leak, why), .key = "why", .kind = FIELD_WORD,
     .sentence = "why it is expected to leak"},
    {.name = NULL},
};

static const struct field_list items = {
    .fields = item_fields,
    .size = sizeof(struct ceiling),
    .count_offset = offsetof(struct ceilings, count),
};

static const struct field_list leaks = {
    .fields = leak_fields,
    .size = sizeof(struct expected_leak),
    .count_offset = offsetof(struct ceilings, leak_count),
};

static const struct field fields[] = {
    {FIELD_AT(struct ceilings, items), .key = "ceilings", .kind = FIELD_LIST, .list = &items,
     .fallback = ""},
    {FIELD_AT(struct ceilings, leaks), .key = "leaks_expected", .kind = FIELD_LIST, .list = &leaks,
     .fallback = ""},
    {.name = NULL},
};

static const struct fields_format format = {
    .fields = fields,
    .what = "a ceilings file",
    .least = "a list of 'ceilings' or 'leaks_expected'",
    .keys_are = "'heapchurn ceilings' writes a file with all",
    .length_max = (size_t)1024 * 1024,
};

int ceilings_load(const char *path, struct ceilings *out, struct err *err)
{
    AUTO(yaml_tree) struct yaml_tree tree = {.path = NULL};
    AUTO(ceilings) struct ceilings ceilings = {.path = text_own(path)};
    int code = fields_file_read(path, &format, &ceilings, &tree, err);
    if (code == 0)
        code = check_ceilings(&tree, &ceilings, err);
    if (code < 0)
        return code;
    *out = ceilings;
    ceilings = (struct ceilings){.count = 0};
    return 0;
}

void ceilings_release(struct ceilings *ceilings)
{
    fields_release(fields, ceilings);
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
    case UNIT_BYTE_SECONDS:
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
    for (const struct ceiling *other = ceilings->items; other < item; other++) {
        if (other->metric == item->metric && strcmp(other->subject, item->subject) == 0 &&
            strcmp(other->workload, item->workload) == 0 && strcmp(other->row, item->row) == 0 &&
            strcmp(other->host ? other->host : "", item->host ? item->host : "") == 0)
            return err_set(err, -EINVAL, "the same ceiling stands in line %d already", other->line);
    }
    return 0;
}

static int check_ceiling(const struct yaml_tree *tree, const struct yaml *entry,
                         const struct ceilings *ceilings, struct ceiling *item, struct err *err)
{
    item->line = yaml_find(entry, "at_most")->line;
    if (parse_metric(item->metric_as_written, &item->metric, err) < 0)
        return fields_file_err_at(tree, entry, "metric", err);
    if (parse_limit(item->at_most_as_written, metrics[item->metric].unit, &item->at_most, err) < 0)
        return fields_file_err_at(tree, entry, "at_most", err);
    if (same_twice(ceilings, item, err) < 0)
        return fields_file_err_at(tree, entry, "workload", err);
    return 0;
}

/* What no table says of a ceilings file. */
static int check_ceilings(const struct yaml_tree *tree, struct ceilings *ceilings, struct err *err)
{
    const struct yaml *entries = yaml_find(&tree->root, "ceilings");
    const struct yaml *expected = yaml_find(&tree->root, "leaks_expected");
    if (ceilings->count + ceilings->leak_count == 0)
        return err_set(err, -EINVAL,
                       "%s:1:1: there is no ceiling in it; 'heapchurn ceilings DIR' writes some",
                       tree->path);
    for (size_t i = 0; i < ceilings->leak_count; i++)
        ceilings->leaks[i].line = yaml_find(&expected->items[i], "workload")->line;
    int code = 0;
    for (size_t i = 0; code == 0 && i < ceilings->count; i++)
        code = check_ceiling(tree, &entries->items[i], ceilings, &ceilings->items[i], err);
    return code;
}
