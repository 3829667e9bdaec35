#include "tuning_document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json_file.h"
#include "path.h"

enum { TUNING_FORMAT = 1 };

int tuning_document_save(const struct tuning *tuning, struct err *err)
{
    AUTO_JSON json_t *document =
        json_pack("{s:i, s:s, s:I, s:I, s:[f,f,f], s:[]}", "format", TUNING_FORMAT, "base",
                  tuning->base, "budget_ns", (json_int_t)tuning->budget_ns, "spent_ns",
                  (json_int_t)tuning->spent_ns, "weights", tuning->weights.share[TERM_MEMORY],
                  tuning->weights.share[TERM_CPU], tuning->weights.share[TERM_LATENCY], "knobs");
    AUTO_FREE char *path = path_join(tuning->dir, "tune.json");
    if (!document)
        abort();
    for (char **knob = tuning->knobs; *knob; knob++)
        (void)json_array_append_new(json_object_get(document, "knobs"), json_string(*knob));
    return json_file_save(path, document, err);
}

static int read_knobs(const json_t *list, struct tuning *out)
{
    out->knobs = calloc(json_array_size(list) + 1, sizeof *out->knobs);
    if (!out->knobs)
        abort();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        if (!word)
            return -EINVAL;
        out->knobs[i] = strdup(word);
    }
    return 0;
}

int tuning_document_read(const char *path, const json_t *document, struct tuning *out,
                         struct err *err)
{
    json_error_t why;
    json_t *knobs = NULL;
    const char *base = NULL;
    json_int_t format = 0, budget_ns = 0, spent_ns = 0;
    double *share = out->weights.share;
    if (json_unpack_ex((json_t *)(uintptr_t)document, &why, 0,
                       "{s:I, s:s, s:I, s:I, s:[F,F,F!], s:o}", "format", &format, "base", &base,
                       "budget_ns", &budget_ns, "spent_ns", &spent_ns, "weights",
                       &share[TERM_MEMORY], &share[TERM_CPU], &share[TERM_LATENCY], "knobs",
                       &knobs) < 0)
        return err_set(err, -EINVAL, "%s: %s", path, why.text);
    if (format != TUNING_FORMAT)
        return err_set(err, -EINVAL, "%s: its format is %lld; this heapchurn reads %d", path,
                       (long long)format, TUNING_FORMAT);
    if (budget_ns < 0 || spent_ns < 0 || read_knobs(knobs, out) < 0)
        return err_set(err, -EINVAL, "%s: a negative time, or a knob that is no text", path);
    out->base = strdup(base);
    out->budget_ns = budget_ns;
    out->spent_ns = spent_ns;
    return 0;
}
