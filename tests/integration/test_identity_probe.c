/* The smallest subject: proves its identity and says so; with an argument, its effective options.
 */
#include <stdio.h>

#include "allocator.h"
#include "identity.h"
#include "subject.h"

static void print_option(const char *name, const char *value, void *context)
{
    (void)context;
    (void)printf("%s=%s\n", name, value);
}

int main(int argc, char **argv)
{
    (void)argv;
    char text[IDENTITY_TEXT_MAX];
    int rc = identity_prove(text, sizeof text);
    if (rc < 0 || argc == 1)
        (void)printf("%s\n", text);
    else
        allocator_linked.options(print_option, NULL);
    return rc < 0 ? SUBJECT_EXIT_REFUSED : 0;
}
