#include "own_trace.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "text.h"
#include "workload.h"

/* By default the whole is cut into so many slices: enough for a trend and for the course of RSS. */
enum { SLICES = 200 };

/* What the workload is called: the file without folder and ".trace", as far as a name may have it.
 */
static void name_of(const char *file, char *out, size_t size)
{
    static const char suffix[] = ".trace";
    const char *slash = strrchr(file, '/');
    (void)text_copy(out, size, slash ? slash + 1 : file);
    size_t length = strlen(out);
    if (length > strlen(suffix) && strcmp(out + length - strlen(suffix), suffix) == 0)
        out[length - strlen(suffix)] = '\0';
    for (char *c = out; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
            *c = '-';
    if (!isalnum((unsigned char)out[0]))
        out[0] = 't';
}

/* A path as YAML takes it for certain: as JSON. */
static void put_text(FILE *out, const char *key, const char *text)
{
    json_t *value = json_string(text);
    AUTO_FREE char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    json_decref(value);
    (void)fprintf(out, "%s%s\n", key, quoted ? quoted : "\"\"");
}

static int write_one(const struct own_trace *traces, const char *name, const char *trace,
                     const char *path, struct err *err)
{
    char question[256];
    AUTO_FCLOSE FILE *out = fopen(path, "wxe");
    if (!out && errno == EEXIST)
        return err_set(err, -EEXIST, "two of the traces are called '%s'; rename one of the files",
                       name);
    if (!out)
        return err_set(err, -errno, "%s: %s", path, strerror(errno));
    (void)snprintf(question, sizeof question, "Which allocator for what %s recorded?", name);
    put_text(out, "question: ", question);
    (void)fputs("load: trace\n", out);
    put_text(out, "trace: ", trace);
    if (traces->mode)
        put_text(out, "trace_mode: ", traces->mode);
    if (traces->image >= 0)
        (void)fprintf(out, "trace_image: %" PRId64 "\n", traces->image);
    (void)fprintf(out, "rounds: %" PRId64 "\n", traces->slices > 0 ? traces->slices : SLICES);
    return fflush(out) == 0 ? 0 : err_set(err, -errno, "%s: %s", path, strerror(errno));
}

static int check_mode(const char *mode, struct err *err)
{
    for (size_t i = 0; mode && spec_trace_mode_names[i]; i++)
        if (strcmp(mode, spec_trace_mode_names[i]) == 0)
            return 0;
    return mode ? text_unknown("mode", mode, spec_trace_mode_names, "virtual, paced or one-thread",
                               -EINVAL, err)
                : 0;
}

int own_trace_write(const struct own_trace *traces, const char *folder,
                    char out_paths[OWN_TRACES_MAX][PATHS_MAX], struct err *err)
{
    int code = check_mode(traces->mode, err);
    if (traces->files.count > OWN_TRACES_MAX)
        return err_set(err, -EINVAL, "at most %d traces at a time", OWN_TRACES_MAX);
    for (size_t i = 0; code == 0 && i < traces->files.count; i++) {
        char name[48];
        const char *file = traces->files.words[i];
        AUTO_FREE char *whole = realpath(file, NULL);
        if (!whole)
            return err_set(err, -errno, "%s: %s", file, strerror(errno));
        name_of(file, name, sizeof name);
        if ((size_t)snprintf(out_paths[i], PATHS_MAX, "%s/%s.yaml", folder, name) >= PATHS_MAX)
            return err_set(err, -ENAMETOOLONG, "%s: the path is too long", folder);
        code = write_one(traces, name, whole, out_paths[i], err);
    }
    return code;
}
