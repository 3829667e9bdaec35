#include "last_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "path.h"
#include "text.h"

enum { TAIL_BYTES = 4096 };

const char *last_words(const char *folder, const char *role, char *out, size_t size)
{
    char tail[TAIL_BYTES + 1];
    AUTO_FREE char *path = path_join(folder, "%s.log", role);
    AUTO_FCLOSE FILE *log = fopen(path, "re");
    out[0] = '\0';
    if (!log)
        return out;
    if (fseek(log, -TAIL_BYTES, SEEK_END) < 0)
        rewind(log);
    size_t length = fread(tail, 1, TAIL_BYTES, log);
    tail[length] = '\0';
    for (char *rest = tail, *line; (line = strsep(&rest, "\n"));)
        if (line[strspn(line, " \t\r")])
            (void)snprintf(out, size, "%.*s", LAST_WORDS_MAX, line);
    text_printable(out);
    return out;
}
