/*
 * trace_text: what is in a trace, for people and as JSON.
 */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "trace_facts.h"
#include "trace_summary.h"

/* What is known of one program of a trace. */
struct trace_account {
    const struct trace_file *file;
    const struct traced_image *image;
    const struct trace_facts *facts;
    const struct trace_summary *summary;
};

void trace_text_print(const struct trace_account *account, FILE *out);

/* The caller gives it back. Units stand in names. */
json_t *trace_text_json(const struct trace_account *account);
