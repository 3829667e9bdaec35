#include <ctype.h>
#include <string.h>

#include "curve_reader.h"

static const struct key {
    const char *name;
    enum memory_column column;
} keys[] = {
    {"Rss", MEMORY_RSS},
    {"Anonymous", MEMORY_RSS_ANON},
    {"LazyFree", MEMORY_LAZY_FREE},
    {"AnonHugePages", MEMORY_ANON_HUGE},
    {"Swap", MEMORY_SWAP},
};

static int read_key(struct curve_reader *reader, const char *line);

/* A dump begins with a line "ADDRESS-ADDRESS … [rollup]"; lines between dumps that are no "Key:
 * N kB" are of who made the series. */
int curve_rollup_read(struct curve_reader *reader)
{
    reader->out->axis = "dump";
    for (char *line; (line = curve_reader_line(reader));) {
        if (strstr(line, "[rollup]")) {
            curve_reader_add_row(reader);
            curve_reader_set(reader, MEMORY_CYCLE, (double)reader->out->curve.count - 1);
        } else if (reader->out->curve.count > 0) {
            int status = read_key(reader, line);
            if (status < 0)
                return status;
        }
    }
    return 0;
}

static int read_key(struct curve_reader *reader, const char *line)
{
    const char *colon = strchr(line, ':');
    for (size_t i = 0; colon && i < ARRAY_LENGTH(keys); i++) {
        size_t length = strlen(keys[i].name);
        if ((size_t)(colon - line) != length || strncmp(line, keys[i].name, length) != 0)
            continue;
        char number[40], unit[8], more;
        double kib;
        if (sscanf(colon + 1, "%39s %7s %c", number, unit, &more) != 2 || strcmp(unit, "kB") != 0)
            return curve_reader_refuse(reader, length + 2, "%s is not told in kB", keys[i].name);
        int status = curve_reader_number(reader, length + 2, number, keys[i].column, false, &kib);
        if (status < 0)
            return status;
        curve_reader_set(reader, keys[i].column, kib * 1024);
        break;
    }
    return 0;
}
