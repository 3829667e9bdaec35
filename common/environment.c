#include "environment.h"

#include <stdarg.h>
#include <string.h>

const char *environment_value(char *const *environment, const char *entry)
{
    size_t length = strcspn(entry, "=");
    for (char *const *other = environment; other && *other; other++)
        if (strncmp(*other, entry, length) == 0 && (*other)[length] == '=')
            return *other + length + 1;
    return NULL;
}

static void append(struct environment *environment, char *entry)
{
    char **larger =
        entry ? reallocarray(environment->entries, environment->count + 2, sizeof *larger) : NULL;
    if (!larger)
        abort();
    environment->entries = larger;
    larger[environment->count++] = entry;
    larger[environment->count] = NULL;
}

void environment_add(struct environment *environment, const char *format, ...)
{
    char *entry = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&entry, format, args);
    va_end(args);
    append(environment, length < 0 ? NULL : entry);
}

void environment_add_all(struct environment *environment, char *const *entries)
{
    for (char *const *entry = entries; entry && *entry; entry++)
        append(environment, strdup(*entry));
}

void environment_keep(struct environment *environment, const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    if (value || otherwise)
        environment_add(environment, "%s=%s", name, value ? value : otherwise);
}

void environment_release(struct environment *environment)
{
    for (size_t i = 0; i < environment->count; i++)
        free(environment->entries[i]);
    free(environment->entries);
    *environment = (struct environment){.count = 0};
}
