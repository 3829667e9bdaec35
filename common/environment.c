#include "environment.h"

#include <string.h>

const char *environment_value(char *const *environment, const char *entry)
{
    size_t length = strcspn(entry, "=");
    for (char *const *other = environment; other && *other; other++)
        if (strncmp(*other, entry, length) == 0 && (*other)[length] == '=')
            return *other + length + 1;
    return NULL;
}
