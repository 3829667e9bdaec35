/* The mappings of a process, whose files are called as anybody likes. */
#include "fuzz.h"
#include "mappings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE char *text = fuzz_text(data, size);
    AUTO(mappings) struct mappings mappings = {.count = 0};
    AUTO(mapping_changes) struct mapping_changes changes = {.count = 0};
    if (mappings_parse(text, &mappings) < 0)
        return 0;
    for (size_t i = 0; i < mappings.count; i++)
        for (const char *letter = mappings.list[i].name; *letter; letter++)
            FUZZ_PROMISE((unsigned char)*letter >= ' ' && *letter != 0x7f);
    mappings_compare(&mappings, &mappings, &changes);
    return 0;
}
