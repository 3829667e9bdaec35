#include "json_build.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json_file.h"

json_t *json_build(json_t *json)
{
    if (!json)
        abort();
    return json;
}

void json_build_put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, json_build(value)) != 0)
        abort();
}

void json_build_push(json_t *array, json_t *value)
{
    if (json_array_append_new(array, json_build(value)) != 0)
        abort();
}

json_t *json_build_text(const char *text)
{
    return json_build(json_text(text));
}

json_t *json_build_number(double value)
{
    if (!isfinite(value))
        return json_null();
    if (value == floor(value) && fabs(value) < 9007199254740992.0)
        return json_integer((json_int_t)value);
    return json_real(value);
}

json_t *json_build_count(int64_t value)
{
    return value >= 0 ? json_integer(value) : json_null();
}

/* Outside of strings JSON has none of these letters; in strings \u stands for them. */
static int put_harmless(const char *bytes, size_t count, void *context)
{
    FILE *out = context;
    for (size_t i = 0; i < count; i++) {
        if (strchr("<>&", bytes[i]) && bytes[i])
            (void)fprintf(out, "\\u%04x", bytes[i]);
        else
            (void)fputc(bytes[i], out);
    }
    return 0;
}

void json_build_embed(json_t *json, FILE *out)
{
    (void)json_dump_callback(json_build(json), put_harmless, out, JSON_COMPACT);
    json_decref(json);
}
