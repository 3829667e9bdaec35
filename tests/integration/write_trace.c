/* write_trace NAME FILE: one of tests/support/made_up_traces.h, packed, or raw as FILE.raw. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "made_up_traces.h"

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct trace_write *write = argc == 3 ? made_up_trace(argv[1]) : NULL;
    bool raw = write && strlen(argv[2]) > 4 && strcmp(argv[2] + strlen(argv[2]) - 4, ".raw") == 0;
    int code = !write ? -1
               : raw  ? trace_write_raw(write, argv[2], &err)
                      : trace_write_pack(write, argv[2], "{}", &err);
    if (code < 0)
        (void)fprintf(stderr, "write_trace NAME FILE: %s\n", err.text);
    if (write)
        trace_write_release(write);
    return code < 0;
}
