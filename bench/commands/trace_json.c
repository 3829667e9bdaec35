#include "trace_text.h"

static json_t *classes(const struct summary_class *list)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < SUMMARY_CLASSES; i++)
        if (list[i].blocks > 0)
            (void)json_array_append_new(array, json_pack("{s:I, s:I, s:I}", "from",
                                                         (json_int_t)summary_class_least(i),
                                                         "blocks", (json_int_t)list[i].blocks,
                                                         "bytes", (json_int_t)list[i].bytes));
    return array;
}

static json_t *bins(const struct trace_summary *summary)
{
    json_t *array = json_array();
    for (size_t i = 0; i < summary->bin_count; i++)
        (void)json_array_append_new(
            array, json_pack("{s:I, s:I, s:I, s:I}", "from_ms",
                             (json_int_t)i * (json_int_t)summary->bin_ms, "calls",
                             (json_int_t)summary->bins[i].events, "live_max_bytes",
                             (json_int_t)summary->bins[i].live_max_bytes, "threads_max",
                             (json_int_t)summary->bins[i].threads_max));
    return array;
}

static json_t *marks(const struct trace_summary *summary)
{
    json_t *array = json_array();
    for (size_t i = 0; i < summary->mark_count && i < SUMMARY_MARKS; i++)
        (void)json_array_append_new(array,
                                    json_pack("{s:I, s:s}", "ms", (json_int_t)summary->marks[i].ms,
                                              "text", summary->marks[i].text));
    return array;
}

/* Times are those of the trace: from the first call on. */
static json_t *phases(const struct trace_account *account)
{
    json_t *array = json_array();
    for (size_t i = 0; i < account->facts->phase_count; i++)
        (void)json_array_append_new(array,
                                    json_pack("{s:I, s:s?}", "ms",
                                              (json_int_t)(account->facts->phases[i].ms -
                                                           (int64_t)account->summary->first_ms),
                                              "name", account->facts->phases[i].name));
    return array;
}

/* ms, anonymous memory, and what of it is heap. */
static json_t *curve(const struct trace_run *run)
{
    json_t *array = json_array();
    for (size_t i = 0; i < run->sample_count; i++)
        (void)json_array_append_new(array, json_pack("[I, I, I]", (json_int_t)run->samples[i].ms,
                                                     (json_int_t)run->samples[i].anon_bytes,
                                                     (json_int_t)run->samples[i].heap_bytes));
    return array;
}

static json_t *runs(const struct trace_run *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(
            array, json_pack("{s:s?, s:I, s:I, s:I, s:I, s:o}", "allocator", list[i].allocator,
                             "elapsed_ns", (json_int_t)list[i].elapsed_ns, "peak_heap_bytes",
                             (json_int_t)list[i].peak_heap_bytes, "end_heap_bytes",
                             (json_int_t)list[i].end_heap_bytes, "samples",
                             (json_int_t)list[i].sample_count, "curve", curve(&list[i])));
    return array;
}

static void put(json_t *object, const char *key, uint64_t value)
{
    (void)json_object_set_new(object, key, json_integer((json_int_t)value));
}

json_t *trace_text_json(const struct trace_account *account)
{
    const struct trace_summary *summary = account->summary;
    const struct trace_control *control = &account->file->control;
    const struct {
        const char *key;
        uint64_t value;
    } numbers[] = {
        {"file_bytes", account->file->file_bytes},
        {"lost_events", control->lost_events},
        {"unknown_frees", control->unknown_frees},
        {"images_unrecorded", control->images_unrecorded},
        {"images", account->file->image_count},
        {"image", account->image->number},
        {"threads", summary->streams},
        {"threads_max", summary->threads_max},
        {"miscounted_threads", summary->miscounted_streams},
        {"duration_ms", (uint64_t)summary->duration_ms},
        {"end_ms", summary->end_ms},
        {"calls_behind_end", summary->behind_end},
        {"original_ns_per_ms", control->original_ns_per_ms},
        {"allocations", summary->allocations},
        {"reallocs", summary->reallocs},
        {"frees", summary->frees},
        {"foreign_frees", summary->foreign_frees},
        {"inherited_frees", summary->inherited_frees},
        {"allocated_bytes", summary->bytes},
        {"peak_live_bytes", summary->peak_bytes},
        {"peak_live_blocks", summary->peak_blocks},
        {"peak_ms", summary->peak_ms},
        {"end_live_bytes", summary->end_bytes},
        {"end_live_blocks", summary->end_blocks},
        {"mark_count", summary->mark_count},
        {"large_freed_bytes", summary->large_bytes},
        {"large_written_bytes", summary->written_bytes},
    };
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put(object, numbers[i].key, numbers[i].value);
    (void)json_object_set_new(
        object, "damage", account->file->damage ? json_string(account->file->damage) : json_null());
    (void)json_object_set_new(object, "originals",
                              runs(account->facts->originals, account->facts->original_count));
    (void)json_object_set_new(object, "recorded",
                              runs(account->facts->recorded, account->facts->recorded_count));
    (void)json_object_set_new(object, "sizes", classes(summary->size));
    (void)json_object_set_new(object, "at_peak", classes(summary->at_peak));
    (void)json_object_set_new(object, "lifetimes_ms", classes(summary->life_ms));
    (void)json_object_set_new(object, "lifetimes_bytes", classes(summary->life_bytes));
    (void)json_object_set_new(object, "over_time", bins(summary));
    (void)json_object_set_new(object, "marks", marks(summary));
    (void)json_object_set_new(object, "phases", phases(account));
    return object;
}
