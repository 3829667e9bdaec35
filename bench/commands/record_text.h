/*
 * record_text: what a recording has come to, as text for people.
 */
#pragma once

#include "recorded_command.h"

void record_text_print(const struct recorded *recorded, const char *path);
