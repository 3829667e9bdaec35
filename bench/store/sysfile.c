#include "sysfile.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "text.h"

enum { LINE_LENGTH_MAX = 4096 };

static char *trimmed(char *text);

int sysfile_line(const char *path, char *out, size_t size)
{
    char line[LINE_LENGTH_MAX];
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    if (!file)
        return -errno;
    if (!fgets(line, sizeof line, file))
        return ferror(file) ? -EIO : -ENOENT;
    text_copy(out, size, trimmed(line));
    return 0;
}

int sysfile_i64(const char *path, int64_t *out_value)
{
    char line[64];
    char *end = NULL;
    int rc = sysfile_line(path, line, sizeof line);
    if (rc < 0)
        return rc;
    errno = 0;
    long long value = strtoll(line, &end, 10);
    if (errno || end == line || *end)
        return -EPROTO;
    *out_value = value;
    return 0;
}

int sysfile_field(const char *path, const char *key, char *out, size_t size)
{
    char line[LINE_LENGTH_MAX];
    size_t length = strlen(key);
    AUTO_FCLOSE FILE *file = fopen(path, "re");
    if (!file)
        return -errno;
    while (fgets(line, sizeof line, file)) {
        char *rest = line + length;
        if (strncmp(line, key, length) != 0)
            continue;
        rest += strspn(rest, " \t");
        if (*rest != ':' && *rest != '=')
            continue;
        text_copy(out, size, trimmed(rest + 1));
        return 0;
    }
    return -ENOENT;
}

int sysfile_chosen(const char *path, char *out, size_t size)
{
    char line[LINE_LENGTH_MAX];
    int rc = sysfile_line(path, line, sizeof line);
    if (rc < 0)
        return rc;
    char *open = strchr(line, '[');
    char *close = open ? strchr(open, ']') : NULL;
    if (!close)
        return -EPROTO;
    *close = '\0';
    text_copy(out, size, open + 1);
    return 0;
}

static char *trimmed(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && (isspace((unsigned char)text[length - 1]) || text[length - 1] == '"'))
        text[--length] = '\0';
    return text + strspn(text, " \t\"");
}
