/*
 * gate_parts: what gate.c holds a run against. Each adds lines to the report.
 */
#pragma once

#include "gate_report.h"

void gate_trials(const struct gate_request *request, struct gate_report *report);
void gate_replays(const struct gate_request *request, struct gate_report *report);
void gate_leaks(const struct gate_request *request, struct gate_report *report);
void gate_ceilings(const struct gate_request *request, struct gate_report *report);
/* Why this number of a replay, over a limit by this ratio, does not fail; with what it is instead.
 * NULL: it does, and *out_status stays. */
const char *gate_replay_doubt(const struct replay_check *check, enum metric_id metric, double ratio,
                              enum gate_status *out_status);
void gate_baseline(const struct gate_request *request, struct gate_report *report);
