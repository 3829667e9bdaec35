/* A trace of a stranger's, as it comes. Few bytes can be changed that a checksum does not cover:
 * what lies behind those is fuzz_raw.c's. */
#include "fuzz.h"
#include "read_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_read_trace(fuzz_file("fuzzed.trace", data, size));
    return 0;
}
