/* A row file. */
#include <string.h>

#include "fuzz.h"
#include "row_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO(row_file) struct row_file row = {.base = NULL};
    const char *path = fuzz_file("stranger.yaml", data, size);
    int code = row_file_load(path, &row, &err);
    FUZZ_PROMISE(code <= 0 && (code == 0) == (err.text[0] == '\0'));
    FUZZ_PROMISE(code == 0 || strncmp(err.text, path, strlen(path)) == 0);
    FUZZ_PROMISE(code < 0 || (row.base && row.name[0] && !row.library == !row.label));
    FUZZ_PROMISE(code < 0 || !row.library || (row.library[0] == '/' && strchr(row.name, '@')));
    for (char **entry = row.environment; code == 0 && entry && *entry; entry++)
        FUZZ_PROMISE(strchr(*entry, '=') && strncmp(*entry, "HEAPCHURN_", 10) != 0);
    return 0;
}
