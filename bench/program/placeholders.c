#include "placeholders.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "memory_stream.h"

enum { PATH_SIZE = 4096 };

static int fill(const struct placeholders *of, const char *text, FILE *out, struct err *err);

/* The number behind a name; false: it is none of ours. */
static bool number_of(const struct placeholders *of, const char *name, size_t length,
                      int64_t *out_value)
{
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {
        {"port", of->port}, {"round", of->round}, {"seed", of->seed}, {"count", of->count}};
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
        if (strlen(numbers[i].name) == length && strncmp(numbers[i].name, name, length) == 0) {
            *out_value = numbers[i].value;
            return true;
        }
    return false;
}

static int fill_template(const struct placeholders *of, const char *name, size_t length, FILE *out,
                         struct err *err)
{
    char from[PATH_SIZE];
    char to[PATH_SIZE];
    char *line = NULL;
    size_t size = 0;
    int code = 0;
    const char *base = name + length;
    while (base > name && base[-1] != '/')
        base--;
    (void)snprintf(from, sizeof from, "%s/%.*s", of->folder, (int)length, name);
    (void)snprintf(to, sizeof to, "%s/%.*s", of->data, (int)(name + length - base), base);
    AUTO_FCLOSE FILE *source = fopen(from, "re");
    if (!source)
        return err_set(err, -errno, "%s: %s", from, strerror(errno));
    AUTO_FCLOSE FILE *copy = fopen(to, "we");
    if (!copy)
        return err_set(err, -errno, "%s: %s", to, strerror(errno));
    while (code == 0 && getline(&line, &size, source) >= 0)
        code = fill(of, line, copy, err);
    free(line);
    if (code == 0 && fflush(copy) != 0)
        code = err_set(err, -errno, "%s: %s", to, strerror(errno));
    (void)fputs(to, out);
    return code;
}

/* `name` is what stands in the braces. */
static int fill_one(const struct placeholders *of, const char *name, size_t length, FILE *out,
                    struct err *err)
{
    static const char file[] = "file:";
    int64_t number = 0;
    if (number_of(of, name, length, &number))
        (void)fprintf(out, "%" PRId64, number);
    else if (length == 4 && strncmp(name, "data", length) == 0)
        (void)fputs(of->data, out);
    else if (length == 6 && strncmp(name, "folder", length) == 0)
        (void)fputs(of->folder, out);
    else if (length > strlen(file) && strncmp(name, file, strlen(file)) == 0)
        return fill_template(of, name + strlen(file), length - strlen(file), out, err);
    else
        (void)fprintf(out, "{%.*s}", (int)length, name);
    return 0;
}

static int fill(const struct placeholders *of, const char *text, FILE *out, struct err *err)
{
    int code = 0;
    while (code == 0 && *text) {
        size_t plain = strcspn(text, "{");
        size_t length = text[plain] ? strcspn(text + plain + 1, "{}") : 0;
        (void)fwrite(text, 1, plain, out);
        text += plain;
        if (!*text)
            break;
        if (text[1 + length] == '}') {
            code = fill_one(of, text + 1, length, out, err);
            text += length + 2;
        } else { /* no placeholder: the brace and what follows it are text */
            (void)fputc('{', out);
            text++;
        }
    }
    return code;
}

int placeholders_fill(const struct placeholders *placeholders, char *const *command,
                      struct words *out, struct err *err)
{
    int code = 0;
    for (; command && *command && code == 0; command++) {
        struct memory_stream memory;
        code = fill(placeholders, *command, memory_stream_open(&memory), err);
        AUTO_FREE char *word = memory_stream_close(&memory);
        words_add(out, "%s", word);
    }
    return code;
}
