/* A reader of an allocator's own leak tool, READER. */
#include "allocator_tool.h"
#include "fuzz.h"
#include LEAK_HEADER

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    struct allocator_leak leak = {.blocks = -1, .bytes = -1};
    AUTO_FCLOSE FILE *in = fopen(fuzz_file("report", data, size), "re");
    if (!in)
        abort();
    int code = READER(in, &leak, &err);
    FUZZ_PROMISE(code <= 0 && (code == 0) == (err.text[0] == '\0'));
    FUZZ_PROMISE(code < 0 || (leak.blocks >= 0 && leak.bytes >= 0));
    FUZZ_PROMISE(code == 0 || (leak.blocks == -1 && leak.bytes == -1)); /* untouched */
    return 0;
}
