/* write_trace NAME FILE: one of tests/support/made_up_traces.h, packed. */
#include <stdio.h>

#include "made_up_traces.h"

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct trace_write *write = argc == 3 ? made_up_trace(argv[1]) : NULL;
    int code = write ? trace_write_pack(write, argv[2], "{}", &err) : -1;
    if (code < 0)
        (void)fprintf(stderr, "write_trace NAME FILE: %s\n", err.text);
    if (write)
        trace_write_release(write);
    return code < 0;
}
