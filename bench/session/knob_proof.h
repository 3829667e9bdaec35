/*
 * knob_proof: did a setting take effect in a trial? By what the allocator says of itself there, or
 * by what the machine's dynamic loader makes of the same environment; allocator_knob.h says which.
 */
#pragma once

#include "tune_data.h"

/* A tune_prove_fn; `context` is not used. A knob that reads back as another value is trouble; one
 * that nobody tells of is no proof. */
void knob_prove(void *context, const struct tune_setting *setting, const struct record *record,
                char *out_trouble, size_t trouble_size, char *out_proof, size_t proof_size);
