/*
 * json_text: texts on their way into JSON: what programs say and files are called need not be
 * UTF-8.
 */
#pragma once

#include <jansson.h>

/* `text` as JSON, never NULL: what is not UTF-8 in it is U+FFFD, and no text is null. */
json_t *json_text(const char *text);
