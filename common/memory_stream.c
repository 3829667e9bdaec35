#include "memory_stream.h"

#include <stdlib.h>

FILE *memory_stream_open(struct memory_stream *memory)
{
    memory->out = open_memstream(&memory->text, &memory->size);
    if (!memory->out)
        abort();
    return memory->out;
}

char *memory_stream_close(struct memory_stream *memory)
{
    if (fclose(memory->out) != 0)
        abort();
    return memory->text;
}
