#include "read_trace.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compile.h"
#include "compiled_map.h"
#include "fuzz.h"
#include "trace_edit.h"
#include "trace_summary.h"

static bool has_slot(enum compiled_op op)
{
    return op < COMPILED_NEXT;
}

static bool is_within(uint64_t size, const uint64_t *touch)
{
    return touch[0] <= size && touch[1] <= size - touch[0] &&
           touch[2] <= size - touch[0] - touch[1];
}

/* Every operation is one that a lane understands, and of what there is. Their number. */
static uint64_t walk_lane(const struct compiled_map *map, uint32_t lane)
{
    const struct compiled_header *header = map->header;
    const uint64_t *end = map->segments + (uint64_t)header->unit_count * COMPILED_UNIT_WORDS;
    const uint64_t *at =
        map->segments + (uint64_t)map->lanes[lane].first_segment * COMPILED_UNIT_WORDS;
    uint64_t epoch = 0, calls = 0;
    for (enum compiled_op op = COMPILED_HOLE; op != COMPILED_END;) {
        const uint64_t word = *at;
        op = compiled_op_of(word);
        const unsigned words = compiled_words_of(op);
        FUZZ_PROMISE(words > 0 && words <= (size_t)(end - at));
        FUZZ_PROMISE(!has_slot(op) || compiled_slot_of(word) < header->slot_count);
        FUZZ_PROMISE(op != COMPILED_REALLOC || at[COMPILED_OLD_SLOT_AT] < header->slot_count);
        FUZZ_PROMISE((op != COMPILED_LARGE && op != COMPILED_REALLOC) ||
                     is_within(at[1], at + COMPILED_TOUCH_AT));
        FUZZ_PROMISE(op != COMPILED_TOUCH || is_within(at[1], at + COMPILED_LATER_AT));
        FUZZ_PROMISE(op != COMPILED_START || compiled_slot_of(word) < header->lane_count);
        FUZZ_PROMISE(op != COMPILED_NEXT || compiled_slot_of(word) < header->unit_count);
        FUZZ_PROMISE(op != COMPILED_EPOCH || (at[1] >= epoch && at[1] < header->epoch_count));
        epoch = op == COMPILED_EPOCH ? at[1] : epoch;
        calls += op >= COMPILED_MALLOC && op <= COMPILED_REALLOC;
        at = op == COMPILED_NEXT
                 ? map->segments + (uint64_t)compiled_slot_of(word) * COMPILED_UNIT_WORDS
                 : at + words;
    }
    return calls;
}

static void walk(const char *path, const struct compiled_facts *facts)
{
    struct err err = ERR_INIT;
    uint64_t calls = 0;
    AUTO(compiled_map) struct compiled_map map = {.header = NULL};
    FUZZ_PROMISE(compiled_map_open(path, &map, &err) == 0);
    FUZZ_PROMISE(map.slices[map.header->slice_count - 1].events == facts->events);
    FUZZ_PROMISE(map.header->slot_count <= facts->calls);
    for (uint32_t lane = 0; lane < map.header->lane_count; lane++)
        if (lane == 0 || map.lanes[lane].first_segment > 0)
            calls += walk_lane(&map, lane);
    FUZZ_PROMISE(calls == facts->calls);
}

/* A part is a trace like any other. */
static void cut(struct trace_file *file, const struct traced_image *image)
{
    char path[4200];
    struct err err = ERR_INIT;
    struct trace_summary summary;
    AUTO(trace_file) struct trace_file part = {.fd = -1};
    (void)snprintf(path, sizeof path, "%s/part.trace", fuzz_folder());
    if (trace_edit_cut(file, image, 1, 1000, "", path, &err) < 0)
        return;
    FUZZ_PROMISE(trace_file_open(path, &part, &err) == 0 && !part.damage);
    FUZZ_PROMISE(trace_summary(&part, trace_file_main_image(&part), &summary, &err) == 0);
}

void fuzz_read_trace(const char *path)
{
    struct err err = ERR_INIT;
    struct trace_summary summary;
    struct compiled_facts facts;
    AUTO(trace_file) struct trace_file file = {.fd = -1};
    int code = trace_file_open(path, &file, &err);
    FUZZ_PROMISE(code <= 0 && (code == 0) == (err.text[0] == '\0'));
    if (code < 0)
        return;
    const struct traced_image *image = trace_file_main_image(&file);
    int told = trace_summary(&file, image, &summary, &err);
    AUTO_CLOSE int fd = memfd_create("compiled", MFD_CLOEXEC);
    err = ERR_INIT;
    code = compile_trace(&file, image, 1, fd, &facts, &err);
    FUZZ_PROMISE((code == 0) == (err.text[0] == '\0'));
    FUZZ_PROMISE(told == 0 || code < 0); /* both check the same */
    char compiled_path[64];
    (void)snprintf(compiled_path, sizeof compiled_path, "/proc/self/fd/%d", fd);
    if (code == 0)
        walk(compiled_path, &facts);
    if (told == 0)
        cut(&file, image);
}
