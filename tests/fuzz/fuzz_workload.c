/* A workload file, and the plan of its work. */
#include <string.h>

#include "fuzz.h"
#include "scenarios.h"
#include "spec.h"
#include "spec_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO(workload) struct workload workload = {.path = NULL};
    const char *path = fuzz_file("stranger.yaml", data, size);
    int code = spec_load_workload(fuzz_folder(), path, scenario_loads(), &workload, &err);
    FUZZ_PROMISE(code <= 0 && (code == 0) == (err.text[0] == '\0'));
    FUZZ_PROMISE(code == 0 || strncmp(err.text, path, strlen(path)) == 0);
    for (const struct field *key = spec_keys; code == 0 && key->name; key++) {
        int64_t number = 0;
        if (key->kind != FIELD_COUNT && key->kind != FIELD_BYTES && key->kind != FIELD_DURATION)
            continue;
        (void)memcpy(&number, (const char *)&workload + key->offset, sizeof number);
        FUZZ_PROMISE(number >= key->least && number <= key->most);
    }
    return 0;
}
