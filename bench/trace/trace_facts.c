#include "trace_facts.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"
#include "text.h"
#include "trace_originals.h"

static const struct field sample_fields[] = {
    FIELD(struct trace_sample, FIELD_I64, ms),
    FIELD(struct trace_sample, FIELD_I64, anon_bytes),
    FIELD(struct trace_sample, FIELD_I64, heap_bytes),
    {.name = NULL},
};

#define LIST(type, member, counted, of, called) LIST_FROM(false, type, member, counted, of, called)
#define LIST_LATER(type, member, counted, of, called) \
    LIST_FROM(true, type, member, counted, of, called)
#define LIST_FROM(is_later, type, member, counted, of, called)           \
    {                                                                    \
        FIELD_AT(type, member), .kind = FIELD_LIST, .later = (is_later), \
                                .list = &(const struct field_list)       \
        {                                                                \
            .fields = (of), .size = sizeof(*((type *)NULL)->member),     \
            .count_offset = offsetof(type, counted), .item = (called)    \
        }                                                                \
    }

static const struct field run_fields[] = {
    FIELD(struct trace_run, FIELD_TEXT, allocator),
    FIELD(struct trace_run, FIELD_TEXT, version),
    FIELD(struct trace_run, FIELD_I64, elapsed_ns),
    FIELD(struct trace_run, FIELD_I64, cpu_ns),
    FIELD(struct trace_run, FIELD_I64, start_heap_bytes),
    FIELD(struct trace_run, FIELD_I64, peak_heap_bytes),
    FIELD(struct trace_run, FIELD_I64, end_heap_bytes),
    FIELD(struct trace_run, FIELD_I64, peak_anon_bytes),
    FIELD(struct trace_run, FIELD_I64, end_anon_bytes),
    FIELD(struct trace_run, FIELD_I64, processes),
    {FIELD_AT(struct trace_run, cores), .kind = FIELD_I64, .later = true},
    {FIELD_AT(struct trace_run, exact), .kind = FIELD_I64, .later = true},
    LIST(struct trace_run, samples, sample_count, sample_fields, "sample"),
    {.name = NULL},
};

static const struct field image_fields[] = {
    FIELD(struct trace_image, FIELD_I64, image),
    FIELD(struct trace_image, FIELD_I64, pid),
    FIELD(struct trace_image, FIELD_TEXT, program),
    {FIELD_AT(struct trace_image, linked), .kind = FIELD_TEXT, .later = true},
    {FIELD_AT(struct trace_image, libc), .kind = FIELD_TEXT, .later = true},
    {.name = NULL},
};

static const struct field unrecorded_fields[] = {
    FIELD(struct trace_unrecorded, FIELD_I64, pid),
    FIELD(struct trace_unrecorded, FIELD_TEXT, program),
    FIELD(struct trace_unrecorded, FIELD_TEXT, reason),
    {.name = NULL},
};

static const struct field phase_fields[] = {
    FIELD(struct trace_phase, FIELD_I64, ms),
    FIELD(struct trace_phase, FIELD_TEXT, name),
    {.name = NULL},
};

static const struct field slice_fields[] = {
    FIELD(struct trace_slice, FIELD_I64, end_us),
    {.name = NULL},
};

static const struct field facts_fields[] = {
    FIELD(struct trace_facts, FIELD_TEXT, heapchurn),
    FIELD(struct trace_facts, FIELD_TEXT, started_utc),
    FIELD(struct trace_facts, FIELD_WORDS, command),
    FIELD(struct trace_facts, FIELD_TEXT, workload),
    FIELD(struct trace_facts, FIELD_TEXT, kernel),
    FIELD(struct trace_facts, FIELD_TEXT, cpu_model),
    FIELD(struct trace_facts, FIELD_TEXT, libc),
    FIELD(struct trace_facts, FIELD_I64, cores),
    FIELD(struct trace_facts, FIELD_TEXT, cpus),
    FIELD(struct trace_facts, FIELD_TEXT, allocator),
    FIELD(struct trace_facts, FIELD_TEXT, version),
    FIELD(struct trace_facts, FIELD_I64, elapsed_ns),
    FIELD(struct trace_facts, FIELD_I64, cpu_ns),
    FIELD(struct trace_facts, FIELD_I64, cycles),
    FIELD(struct trace_facts, FIELD_TEXT, cycle_unit),
    LIST(struct trace_facts, originals, original_count, run_fields, "original"),
    LIST(struct trace_facts, recorded, recorded_count, run_fields, "recorded run"),
    LIST(struct trace_facts, images, image_count, image_fields, "image"),
    LIST(struct trace_facts, unrecorded, unrecorded_count, unrecorded_fields, "unrecorded process"),
    LIST(struct trace_facts, phases, phase_count, phase_fields, "phase"),
    LIST_LATER(struct trace_facts, slices, slice_count, slice_fields, "slice"),
    {.name = NULL},
};

void trace_facts_init(struct trace_facts *facts)
{
    *facts = (struct trace_facts){.heapchurn = NULL};
    fields_clear(facts_fields, fields_count(facts_fields), facts);
}

void trace_facts_release(struct trace_facts *facts)
{
    fields_release(facts_fields, facts);
    trace_facts_init(facts);
}

char *trace_facts_text(const struct trace_facts *facts)
{
    json_t *json = fields_write(facts_fields, fields_count(facts_fields), facts);
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (!text)
        abort();
    return text;
}

/* Names and command lines are of strangers, and shown. */
static void make_printable(json_t *value)
{
    size_t index;
    const char *key;
    json_t *item;
    if (json_is_string(value)) {
        AUTO_FREE char *text = text_own(json_string_value(value));
        text_printable(text);
        (void)json_string_set(value, text);
    }
    json_array_foreach(value, index, item) make_printable(item);
    json_object_foreach(value, key, item) make_printable(item);
}

int trace_facts_read(const char *text, size_t bytes, struct trace_facts *out, struct err *err)
{
    json_error_t where;
    json_t *json = json_loadb(text, bytes, 0, &where);
    if (!json)
        return err_set(err, -EINVAL, "its facts are no JSON: %s", where.text);
    struct trace_facts facts;
    trace_facts_init(&facts);
    make_printable(json);
    bool tells = !json_is_object(json) || json_object_size(json) > 0;
    int code = tells ? fields_read(json, facts_fields, fields_count(facts_fields), &facts, err) : 0;
    json_decref(json);
    if (code < 0) {
        trace_facts_release(&facts);
        return err_wrap(err, "its facts");
    }
    *out = facts;
    return 0;
}

static void forget(char **text)
{
    free(*text);
    *text = NULL;
}

static void forget_words(char ***words)
{
    for (char **word = *words; word && *word; word++)
        free(*word);
    free(*words);
    *words = NULL;
}

void trace_facts_anonymise(struct trace_facts *facts)
{
    forget(&facts->started_utc);
    forget_words(&facts->command);
    forget(&facts->workload);
    forget(&facts->kernel);
    forget(&facts->cpu_model);
    forget(&facts->cycle_unit);
    for (size_t i = 0; i < facts->image_count; i++) {
        forget(&facts->images[i].program);
        facts->images[i].pid = -1;
    }
    for (size_t i = 0; i < facts->unrecorded_count; i++) {
        forget(&facts->unrecorded[i].program);
        forget(&facts->unrecorded[i].reason);
        facts->unrecorded[i].pid = -1;
    }
    for (size_t i = 0; i < facts->phase_count; i++)
        forget(&facts->phases[i].name);
}

const struct trace_image *trace_facts_image(const struct trace_facts *facts, int64_t number)
{
    for (size_t i = 0; i < facts->image_count; i++)
        if (facts->images[i].image == number)
            return &facts->images[i];
    return NULL;
}

int64_t trace_facts_cores(const struct trace_facts *facts)
{
    bool told = facts->recorded_count > 0 && facts->recorded[0].cores > 0;
    return told ? facts->recorded[0].cores : facts->cores;
}

const struct trace_run *trace_facts_stand_in(const struct trace_facts *facts)
{
    bool can = facts->original_count == 0 && facts->recorded_count == 1 &&
               facts->recorded[0].exact == 1 && facts->recorded[0].processes == 1;
    return can ? &facts->recorded[0] : NULL;
}

uint32_t trace_facts_original_ns_per_ms(const struct trace_facts *facts)
{
    const char *on = facts->allocator ? facts->allocator : "glibc";
    const int64_t original_ns = trace_originals_on(facts, on).cpu_ns.median;
    if (original_ns <= 0 || facts->cpu_ns <= 0 || facts->elapsed_ns <= 0)
        return 0;
    double elapsed_ns = (double)facts->elapsed_ns, cpu_ns = (double)facts->cpu_ns;
    double busy = cpu_ns > elapsed_ns ? cpu_ns / elapsed_ns : 1;
    double more_ns = cpu_ns > (double)original_ns ? cpu_ns - (double)original_ns : 0;
    return (uint32_t)((elapsed_ns - more_ns / busy) / elapsed_ns * 1e6);
}
