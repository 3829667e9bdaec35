#include "path.h"

#include <stdarg.h>

#include "memory_stream.h"

char *path_join(const char *folder, const char *name, ...)
{
    struct memory_stream memory;
    FILE *out = memory_stream_open(&memory);
    va_list arguments;
    (void)fprintf(out, "%s/", folder);
    va_start(arguments, name);
    (void)vfprintf(out, name, arguments);
    va_end(arguments);
    return memory_stream_close(&memory);
}
