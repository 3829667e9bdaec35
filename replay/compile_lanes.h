/*
 * compile_lanes: the words of lanes as they are written, epoch by epoch.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "compiled_file.h"

struct written_lane {
    uint64_t at, end; /* index of the next word, and of the last one of the segment */
    uint64_t epoch;   /* the last one it took part in, plus 1; 0: none yet */
    int64_t time_ns;  /* that its words tell up to here */
    uint32_t first_segment;
    uint32_t units; /* of the segment it is in; 0: none yet */
    uint64_t first_epoch;
    bool says_end; /* its thread did */
    bool ended;    /* by a word of its own */
};

struct compile_lanes {
    struct compiled_file file;
    struct written_lane *lanes;
    size_t count;
    uint64_t epoch_count; /* the open one is the last */
    bool open;
    int64_t time_ns;       /* of the next operation */
    int64_t epoch_time_ns; /* when the open epoch began */
    size_t newest;         /* the lane that joined the open epoch last */
    uint64_t participant_count;
    FILE *epochs, *participants; /* unnamed temporary files */
};

int compile_lanes_open(struct compile_lanes *lanes, size_t count, int fd, struct err *err);
void compile_lanes_close(struct compile_lanes *lanes);

/* The next operation belongs to a new epoch. */
void compile_lanes_end_epoch(struct compile_lanes *lanes);

/* A lane that takes part in the epoch, if there is one that goes on behind it; else the main one.
 */
size_t compile_lanes_present(const struct compile_lanes *lanes);

/* The number of the epoch that the next operation belongs to. */
uint64_t compile_lanes_epoch(const struct compile_lanes *lanes);

/* An operation of `count` words to a lane. *out_place (or NULL): index of its first word, by which
 * compile_lanes_word() finds it as long as lanes are open. A lane begins where lane 0 stands. */
int compile_lanes_put(struct compile_lanes *lanes, size_t lane, const uint64_t *words,
                      unsigned count, uint64_t *out_place, struct err *err);

static inline uint64_t *compile_lanes_word(const struct compile_lanes *lanes, uint64_t place)
{
    return compiled_file_words(&lanes->file) + place;
}

/* The tables behind the words, and what the header says of them. */
int compile_lanes_finish(struct compile_lanes *lanes, struct compiled_header *header,
                         struct err *err);
