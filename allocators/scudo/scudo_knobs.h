/*
 * scudo_knobs: its settings that are worth trying (allocator_knob.h).
 */
#pragma once

#include "allocator_knob.h"

extern const struct allocator_knob scudo_knobs[];
