/*
 * replay_often FILE TIMES: plays a trace by its threads, on whatever allocator serves this process.
 * After each slice what was played must be what was compiled, or it ends here.
 */
#include <stdio.h>
#include <stdlib.h>

#include "played_trace.h"

int main(int argc, char **argv)
{
    long times = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    if (times < 1) {
        (void)fputs("usage: replay_often FILE TIMES\n", stderr);
        return 2;
    }
    struct played_trace played = played_trace_file_often(argv[1], (int)times);
    (void)printf("%ld times %llu calls\n", times, (unsigned long long)played.end.calls);
    return 0;
}
