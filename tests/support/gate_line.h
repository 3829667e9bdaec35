/*
 * gate_line: a line of a gate's report, found by what it is about. Include after <cmocka.h>.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gate.h"
#include "roles.h"

/* The first line of this kind that has a number, or is about the row. */
static inline const struct gate_line *line_of(const struct gate_report *report, enum gate_kind kind,
                                              const char *row, size_t role)
{
    for (size_t i = 0; i < report->count; i++)
        if (report->lines[i].kind == kind && report->lines[i].row &&
            strcmp(report->lines[i].row, row) == 0 &&
            (!report->lines[i].subject || strcmp(report->lines[i].subject, role_names[role]) == 0))
            return &report->lines[i];
    fail_msg("no line of kind %s for %s", gate_kind_names[kind], row);
    return NULL;
}
