/*
 * scenarios: all of them, by the word of `load:` that names them. Everything that is known of an
 * application, its programs and its load, is in this folder.
 */
#pragma once

#include "scenario.h"

extern const struct scenario *const scenarios[]; /* NULL-terminated; made by CMake from the files */

/* The one that plays this load, or NULL. */
const struct scenario *scenario_find(const char *load);

/* -EINVAL with a sentence where this build has none for it: the run was made by another. */
int scenario_of(const struct workload *workload, const struct scenario **out, struct err *err);

/* The words of all of them, as spec_load_workload() takes them; ends with word NULL. */
const struct spec_load *scenario_loads(void);

/* -ENXIO with a sentence: a program that its measured roles need for this allocator, or one that
 * helps, is not in the folder. */
int scenario_check_programs(const struct scenario *scenario, const char *folder,
                            const char *allocator, struct err *err);

/* A program that is there for every allocator, proves it when it starts, and needs no other: to
 * look whether an allocator can be measured at all. */
struct scenario_probe {
    const char *program; /* PROGRAM-<allocator> */
    char *const *arguments;
    const char *subject; /* of this one there are builds for tools, too: SUBJECT-<suffix> */
};
extern const struct scenario_probe scenario_probe;
