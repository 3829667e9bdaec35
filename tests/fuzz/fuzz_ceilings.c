/* A file of ceilings. */
#include <math.h>
#include <string.h>

#include "ceilings.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO(ceilings) struct ceilings ceilings = {.count = 0};
    const char *path = fuzz_file("ceilings.yaml", data, size);
    int code = ceilings_load(path, &ceilings, &err);
    FUZZ_PROMISE(code <= 0 && (code == 0) == (err.text[0] == '\0'));
    FUZZ_PROMISE(code == 0 || strncmp(err.text, path, strlen(path)) == 0);
    for (size_t i = 0; i < ceilings.count; i++)
        FUZZ_PROMISE(isfinite(ceilings.items[i].at_most) && ceilings.items[i].at_most >= 0);
    return 0;
}
