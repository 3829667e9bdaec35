/*
 * attribution_json: whose memory it is, of one curve, as JSON. SCHEMA.md says what the members
 * mean.
 */
#pragma once

#include <jansson.h>

#include "attribution.h"

/* class, confidence, reason, mode, lives, rows, growth and level by part, signals, findings (each
 * with its sentence per `axis`), remarks. */
json_t *attribution_json(const struct attribution *attribution, const char *axis);

/* {"kind", "bytes" or "bytes_per_cycle", "share_ratio", …, "sentence", "next"} */
json_t *finding_json(const struct finding *finding, const char *axis);
