/*
 * gate_parts: what gate.c holds a run against. Each adds lines to the report.
 */
#pragma once

#include "gate_report.h"

void gate_trials(const struct gate_request *request, struct gate_report *report);
void gate_leaks(const struct gate_request *request, struct gate_report *report);
void gate_ceilings(const struct gate_request *request, struct gate_report *report);
void gate_baseline(const struct gate_request *request, struct gate_report *report);
