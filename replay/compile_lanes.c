#include "compile_lanes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "temporary.h"

/* Unnamed, and written to from its beginning. */
static FILE *table(struct err *err)
{
    int fd = temporary_file(err);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+e");
    if (fd >= 0 && !file)
        (void)close(fd);
    return file;
}

int compile_lanes_open(struct compile_lanes *lanes, size_t count, int fd, struct err *err)
{
    *lanes = (struct compile_lanes){.count = count};
    lanes->lanes = calloc(count, sizeof *lanes->lanes);
    if (!lanes->lanes)
        abort();
    lanes->epochs = table(err);
    lanes->participants = lanes->epochs ? table(err) : NULL;
    if (!lanes->participants)
        return -EIO;
    return compiled_file_open(&lanes->file, fd, err);
}

void compile_lanes_close(struct compile_lanes *lanes)
{
    if (lanes->epochs)
        (void)fclose(lanes->epochs);
    if (lanes->participants)
        (void)fclose(lanes->participants);
    free(lanes->lanes);
    compiled_file_close(&lanes->file);
    *lanes = (struct compile_lanes){.lanes = NULL};
}

static int disk(struct err *err)
{
    return err_set(err, -errno, "the tables of the compiled trace cannot be written: %s",
                   strerror(errno));
}

static int write_epoch(struct compile_lanes *lanes, struct err *err)
{
    const struct compiled_epoch epoch = {.time_ns = lanes->time_ns,
                                         .first_participant = lanes->participant_count};
    return fwrite(&epoch, sizeof epoch, 1, lanes->epochs) == 1 ? 0 : disk(err);
}

void compile_lanes_end_epoch(struct compile_lanes *lanes)
{
    lanes->open = false;
}

uint64_t compile_lanes_epoch(const struct compile_lanes *lanes)
{
    return lanes->open ? lanes->epoch_count - 1 : lanes->epoch_count;
}

size_t compile_lanes_present(const struct compile_lanes *lanes)
{
    return lanes->open && !lanes->lanes[lanes->newest].ended ? lanes->newest : 0;
}

/* Words in a row, in the segment that has room for them and for the way to the next one. */
static int put(struct compile_lanes *lanes, struct written_lane *lane, const uint64_t *words,
               unsigned count, uint64_t *out_place, struct err *err)
{
    if (lane->end == 0 || lane->at + count >= lane->end) {
        uint32_t number;
        const uint32_t units = compiled_units_after(lane->units);
        int code = compiled_file_add_segment(&lanes->file, units, &number, err);
        if (code < 0)
            return code;
        if (lane->end == 0)
            lane->first_segment = number;
        else
            *compile_lanes_word(lanes, lane->at) = compiled_word(COMPILED_NEXT, 0, number);
        lane->at = (uint64_t)number * COMPILED_UNIT_WORDS;
        lane->end = lane->at + (uint64_t)units * COMPILED_UNIT_WORDS;
        lane->units = units;
    }
    (void)memcpy(compile_lanes_word(lanes, lane->at), words, count * sizeof *words);
    if (out_place)
        *out_place = lane->at;
    lane->at += count;
    return 0;
}

static int begin_epoch(struct compile_lanes *lanes, struct err *err)
{
    if (lanes->epoch_count == UINT32_MAX)
        return err_set(err, -EFBIG, "the trace is too long to be played");
    int code = write_epoch(lanes, err);
    if (code < 0)
        return code;
    lanes->epoch_count++;
    lanes->epoch_time_ns = lanes->time_ns;
    lanes->open = true;
    return 0;
}

/* The lane takes part in the open epoch. A new one begins by the main one. */
static int take_part(struct compile_lanes *lanes, size_t number, struct err *err)
{
    struct written_lane *lane = &lanes->lanes[number];
    const uint64_t epoch = lanes->epoch_count - 1;
    const uint32_t who = (uint32_t)number;
    int code = 0;
    if (lane->epoch == lanes->epoch_count)
        return 0;
    if (lane->epoch == 0) {
        const uint64_t start = compiled_word(COMPILED_START, 0, who);
        lane->first_epoch = epoch;
        if (number != 0)
            code = compile_lanes_put(lanes, 0, &start, 1, NULL, err);
        if (code < 0)
            return code;
    }
    lane->epoch = lanes->epoch_count;
    lane->time_ns = lanes->epoch_time_ns;
    lanes->newest = number;
    lanes->participant_count++;
    if (fwrite(&who, sizeof who, 1, lanes->participants) != 1)
        return disk(err);
    const uint64_t words[] = {compiled_word(COMPILED_EPOCH, 0, 0), epoch};
    return put(lanes, lane, words, 2, NULL, err);
}

/* When the next operation of the lane happened, where its words do not tell yet. */
static int tell_time(struct compile_lanes *lanes, struct written_lane *lane, struct err *err)
{
    const uint64_t words[] = {compiled_word(COMPILED_TIME, 0, 0), (uint64_t)lanes->time_ns};
    if (lane->time_ns == lanes->time_ns)
        return 0;
    lane->time_ns = lanes->time_ns;
    return put(lanes, lane, words, 2, NULL, err);
}

int compile_lanes_put(struct compile_lanes *lanes, size_t lane, const uint64_t *words,
                      unsigned count, uint64_t *out_place, struct err *err)
{
    int code = lanes->open ? 0 : begin_epoch(lanes, err);
    if (code == 0)
        code = take_part(lanes, lane, err);
    if (code == 0)
        code = tell_time(lanes, &lanes->lanes[lane], err);
    return code < 0 ? code : put(lanes, &lanes->lanes[lane], words, count, out_place, err);
}

/* What a temporary file holds, behind the segments. */
static int append(struct compile_lanes *lanes, FILE *from, uint64_t *out_offset, struct err *err)
{
    char buffer[1 << 16];
    size_t got;
    int code = compiled_file_append(&lanes->file, "", 0, out_offset, err);
    if (fflush(from) != 0)
        return disk(err);
    rewind(from);
    lanes->file.used_bytes = *out_offset;
    while (code == 0 && (got = fread(buffer, 1, sizeof buffer, from)) > 0)
        code = compiled_file_append(&lanes->file, buffer, got, NULL, err);
    return code == 0 && ferror(from) ? disk(err) : code;
}

static int append_lanes(struct compile_lanes *lanes, uint64_t *out_offset, struct err *err)
{
    int code = compiled_file_append(&lanes->file, "", 0, out_offset, err);
    for (size_t i = 0; code == 0 && i < lanes->count; i++) {
        const struct compiled_lane lane = {.first_segment = lanes->lanes[i].first_segment,
                                           .first_epoch = lanes->lanes[i].first_epoch};
        code = compiled_file_append(&lanes->file, &lane, sizeof lane, NULL, err);
    }
    return code;
}

int compile_lanes_finish(struct compile_lanes *lanes, struct compiled_header *header,
                         struct err *err)
{
    int code = write_epoch(lanes, err); /* the end of the last one */
    if (code == 0)
        code = append_lanes(lanes, &header->lanes_at, err);
    if (code == 0)
        code = append(lanes, lanes->epochs, &header->epochs_at, err);
    if (code == 0)
        code = append(lanes, lanes->participants, &header->participants_at, err);
    header->lane_count = (uint32_t)lanes->count;
    header->unit_count = (uint32_t)lanes->file.unit_count;
    header->epoch_count = lanes->epoch_count;
    header->participant_count = lanes->participant_count;
    return code;
}
