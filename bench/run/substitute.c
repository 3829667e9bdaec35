#include "substitute.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library_look.h"
#include "path.h"
#include "temporary.h"

int substitute_open(const char *linked, const char *library, struct substitute *out,
                    struct err *err)
{
    struct substitute made = {.folder = ""};
    char name[LIBRARY_NAME_MAX];
    int code = library_soname(linked, name, err);
    if (code == 0)
        code = temporary_open("library", made.folder, sizeof made.folder, err);
    if (code < 0)
        return code;
    made.library = library;
    made.link = path_join(made.folder, "%s", name);
    if (strpbrk(made.folder, ":;"))
        code = err_set(err, -EINVAL,
                       "%s: the loader takes a colon for the end of a path; set TMPDIR to a folder "
                       "without",
                       made.folder);
    else if (symlink(library, made.link) < 0)
        code = err_set(err, -errno, "%s: %s", made.link, strerror(errno));
    if (code < 0)
        substitute_close(&made);
    else
        *out = made;
    return code;
}

char *substitute_name(const struct substitute *substitute, char *text)
{
    char *at = text && substitute->link ? strstr(text, substitute->link) : NULL;
    char *named = NULL;
    if (!at || asprintf(&named, "%.*s%s%s", (int)(at - text), text, substitute->library,
                        at + strlen(substitute->link)) < 0)
        return text;
    free(text);
    return named;
}

void substitute_close(struct substitute *substitute)
{
    if (substitute->folder[0])
        temporary_remove(substitute->folder);
    free(substitute->link);
    *substitute = (struct substitute){.folder = ""};
}
