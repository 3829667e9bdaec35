/* Executables and libraries of strangers, whose addresses are to be named. */
#include "fuzz.h"
#include "symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(symbols) struct symbols symbols = {.objects = NULL};
    const char *path = fuzz_file("object", data, size);
    bool has = symbols_has(&symbols, path);
    for (uint64_t offset = 0; offset < 0x4000; offset += 0x1c7) {
        uint64_t address = symbols_address(&symbols, path, offset);
        struct symbol_calls calls = symbols_calls(&symbols, path, address);
        FUZZ_PROMISE(has || calls.count == 0);
        for (size_t i = 0; i < calls.count; i++)
            FUZZ_PROMISE(calls.list[i].function && (calls.list[i].file || !calls.list[i].line));
    }
    return 0;
}
