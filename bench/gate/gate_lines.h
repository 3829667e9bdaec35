/*
 * gate_lines: the parts of gate.c. Each adds lines to the report.
 */
#pragma once

#include "gate.h"

/* A new line; `line->name` and `line->message` are made from role, metric and the format. */
void gate_add(struct gate_report *report, struct gate_line line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void gate_leaks(const struct gate_request *request, struct gate_report *report);
void gate_ceilings(const struct gate_request *request, struct gate_report *report);
void gate_baseline(const struct gate_request *request, struct gate_report *report);
