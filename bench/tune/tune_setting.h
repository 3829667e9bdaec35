/*
 * tune_setting: what is tried: one value of a knob (allocator_knob.h), or several knobs at once.
 *
 * A setting is called by what it sets, "dirty_decay_ms=1000" or "background_thread=true+narenas=1",
 * and the row that measures it by its base row before that; so a stored run is read back by names.
 * The two rows without a setting are the default, called as the base row, and the same once more,
 * for what is called different without being it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "allocator_knob.h"
#include "err.h"
#include "words.h"

#define TUNE_AGAIN "again" /* the default's second row: BASE+again */

enum { TUNE_KNOBS_MAX = 3, TUNE_VALUE_MAX = 32, TUNE_NAME_MAX = 120, TUNE_SETTINGS_MAX = 64 };

struct tune_setting {
    char name[TUNE_NAME_MAX]; /* "" and TUNE_AGAIN: the defaults */
    struct {
        const struct allocator_knob *knob;
        char value[TUNE_VALUE_MAX];
    } choice[TUNE_KNOBS_MAX];
    size_t count; /* of choices */
};

struct tune_settings {
    struct tune_setting list[TUNE_SETTINGS_MAX];
    size_t count;
};

/* Has this version the knob? A version that is no dotted number has all. */
bool tune_knob_is_in(const struct allocator_knob *knob, const char *version);

/* The default, the default again, and every value of every knob that this version has, but for
 * those that are tried by name: first one of each knob, then the second ones. */
void tune_settings_of(const struct allocator_knob *knobs, const char *version,
                      struct tune_settings *out);

/* Only these knobs: "NAME" with its values, or "NAME=VALUE". -ENOENT, with the nearest name, for a
 * knob that there is not; -EINVAL for one that this version has not, and for a value that is none.
 */
int tune_settings_chosen(const struct allocator_knob *knobs, const char *version,
                         const char *const *words, size_t count, struct tune_settings *out,
                         struct err *err);

/* Both at once; false where they set the same knob, or are too many. */
bool tune_setting_join(const struct tune_setting *a, const struct tune_setting *b,
                       struct tune_setting *out);

/* The setting of this name, of those in `singles` or joined from them; false: there is none. */
bool tune_setting_find(const struct tune_settings *singles, const char *name,
                       struct tune_setting *out);

/* The variables of the row it builds on, with its own put in. */
void tune_setting_environment(const struct tune_setting *setting, char *const *base,
                              struct words *out);

/* The name of its row. Returns `out`. */
const char *tune_setting_row(const struct tune_setting *setting, const char *base, char *out,
                             size_t size);

/* The setting's name in that of a row, which begins with the base's; "" for the default itself. */
const char *tune_setting_of_row(const char *row, const char *base);
