#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "temporary.h"

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        abort();
    if (size > 0)
        (void)memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

static char folder[4096];

static void remove_folder(void)
{
    temporary_remove(folder);
}

const char *fuzz_folder(void)
{
    if (!*folder) {
        if (temporary_open("fuzz", folder, sizeof folder, NULL) < 0)
            abort();
        (void)atexit(remove_folder);
    }
    return folder;
}

const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
    static char path[sizeof folder + 256];
    (void)snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
    AUTO_FCLOSE FILE *out = fopen(path, "we");
    if (!out || fwrite(data, 1, size, out) != size)
        abort();
    return path;
}

void fuzz_broken(const char *promise)
{
    (void)fprintf(stderr, "broken: %s\n", promise);
    abort();
}
