/* The statistics of allocators: where their free memory sits. */
#include "fuzz.h"
#include "places.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    AUTO_FREE char *text = fuzz_text(data, size);
    AUTO(places) struct places places = {.count = 0};
    int code = places_read(text, &places, &err);
    FUZZ_PROMISE(code <= 0 && (code == 0) == (err.text[0] == '\0'));
    places_sort(&places);
    for (size_t i = 0; i < places.count; i++)
        FUZZ_PROMISE(places.list[i].free_bytes > 0 && places.list[i].used_bytes >= -1);
    return 0;
}
