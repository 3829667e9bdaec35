#include "knob_list.h"

#include <stdio.h>
#include <stdlib.h>

#include "cleanup.h"
#include "memory_stream.h"
#include "registry.h"
#include "wrap.h"

enum { NAME_COLUMN = 24 };

static void print_how(const struct allocator_knob *knob)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    (void)fprintf(out, "%s=%sVALUE; tried: ", knob->variable, knob->entry ? knob->entry : "");
    for (const char *const *value = knob->values; *value; value++)
        (void)fprintf(out, "%s%s", value == knob->values ? "" : ", ", *value);
    (void)fprintf(out, "; default %s%s", knob->standard,
                  knob->by_name ? "; only where it is named with -k" : "");
    if (knob->since)
        (void)fprintf(out, "; from %s on", knob->since);
    if (knob->before)
        (void)fprintf(out, "; before %s", knob->before);
    (void)fprintf(out, "; %s%s (%s)", knob->option ? "read back as " : "cannot be read back: ",
                  knob->option ? knob->option : knob->unproved, knob->source);
    AUTO_FREE char *text = memory_stream_close(&memory);
    char columns[NAME_COLUMN + 4];
    (void)snprintf(columns, sizeof columns, "%-*s   ", NAME_COLUMN, "");
    wrap_print_last(stdout, columns, text);
}

void knob_list_print(void)
{
    for (const struct allocator_entry *entry = allocator_registry; entry->allocator; entry++) {
        if (!entry->allocator->knobs)
            continue;
        (void)printf("%s\n", entry->allocator->name);
        for (const struct allocator_knob *knob = entry->allocator->knobs; knob->name; knob++) {
            char columns[64];
            (void)snprintf(columns, sizeof columns, "  %-*s ", NAME_COLUMN - 2, knob->name);
            wrap_print_last(stdout, columns, knob->purpose);
            print_how(knob);
        }
    }
}
