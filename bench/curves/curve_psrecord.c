#include <math.h>
#include <string.h>

#include "curve_reader.h"

#define MIB (1024.0 * 1024)
enum { TIME, CPU, REAL, COLUMNS_WANTED };

/* Elapsed time, CPU and real memory are the first three columns of every version. */
int curve_psrecord_read(struct curve_reader *reader)
{
    reader->out->axis = "second";
    for (char *line; (line = curve_reader_line(reader));) {
        double value[COLUMNS_WANTED];
        int column = 0;
        if (curve_reader_blank(line) || line[strspn(line, " \t")] == '#')
            continue;
        for (char *rest = line, *cell; column < COLUMNS_WANTED && (cell = strsep(&rest, " \t"));) {
            if (*cell == '\0')
                continue;
            size_t position = (size_t)(cell - line) + 1;
            int status = curve_reader_number(reader, position, cell,
                                             column == TIME ? MEMORY_ELAPSED : MEMORY_RSS, false,
                                             &value[column]);
            if (status < 0)
                return status;
            column++;
        }
        if (column < COLUMNS_WANTED || isnan(value[TIME]))
            return curve_reader_refuse(reader, 1,
                                       "a line of psrecord has elapsed time, CPU and real memory");
        curve_reader_add_row(reader);
        curve_reader_set(reader, MEMORY_CYCLE, value[TIME]);
        curve_reader_set(reader, MEMORY_ELAPSED, value[TIME]);
        curve_reader_set(reader, MEMORY_RSS, value[REAL] * MIB);
    }
    return 0;
}
