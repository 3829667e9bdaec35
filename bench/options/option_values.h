/*
 * option_values: the value of one option, from text to the struct of its command.
 */
#pragma once

#include "options.h"

/* Store `text` at the row's place in `out`. -EINVAL with a sentence that begins with the option. */
int option_take(const struct option_row *row, const char *text, char *out, struct err *err);
