#include "map_line.h"

bool map_line_read(const struct line *line, struct map_line *out)
{
    struct line rest = *line;
    struct map_line map = {.start = 0};
    if (!line_take_hex(&rest, &map.start) || !line_take(&rest, "-") ||
        !line_take_hex(&rest, &map.end) || map.end < map.start || !line_take(&rest, " ") ||
        !line_take_word(&rest, &map.permissions) || map.permissions.length != 4 ||
        !line_take(&rest, " ") || !line_take_hex(&rest, &map.offset) || !line_take(&rest, " ") ||
        !line_take_hex(&rest, NULL) || !line_take(&rest, ":") || !line_take_hex(&rest, NULL) ||
        !line_take(&rest, " ") || !line_take_word(&rest, NULL) || !line_take(&rest, " "))
        return false;
    map.name = rest;
    *out = map;
    return true;
}

bool map_line_is_code(const struct map_line *map)
{
    return memchr(map->permissions.text, 'x', map->permissions.length) &&
           line_starts(&map->name, "/");
}
