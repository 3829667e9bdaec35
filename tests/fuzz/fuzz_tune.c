/* The description of a tuning, tune.json, in which a stranger wrote. Nothing was measured in its
 * folder, so that all that is read well ends with that sentence. */
#include <string.h>

#include "fuzz.h"
#include "tuning.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[4400];
    if (!*path)
        (void)snprintf(path, sizeof path, "%s/tune.json", fuzz_folder());
    FILE *out = fopen(path, "we");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0)
        abort();
    struct err err = ERR_INIT;
    AUTO(tuning) struct tuning tuning = {.lock = STORE_LOCK_INIT};
    int code = tuning_load(fuzz_folder(), &tuning, &err);
    FUZZ_PROMISE(code < 0 && err.text[0] != '\0');
    return 0;
}
