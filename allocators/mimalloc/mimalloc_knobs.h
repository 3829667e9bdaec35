/*
 * mimalloc_knobs: its settings that are worth trying (allocator_knob.h); names differ by version.
 */
#pragma once

#include "allocator_knob.h"

extern const struct allocator_knob mimalloc_knobs[];
