#include "option.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "clock.h"

void option_parse(const struct argp *argp, int argc, char **argv)
{
    argp_program_version = "heapchurn " HEAPCHURN_VERSION;
    argp_err_exit_status = OPTION_EXIT_USAGE;
    (void)argp_parse(argp, argc, argv, 0, NULL, NULL); /* does not return on a mistake */
}

bool option_number(const struct argp_state *state, const struct option_number *numbers, int key,
                   const char *text)
{
    while (numbers->key != 0 && numbers->key != key)
        numbers++;
    if (numbers->key == 0)
        return false;
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < numbers->min || value > numbers->max)
        argp_error(state, "--%s: '%s' is not a whole number from %" PRId64 " to %" PRId64,
                   numbers->name, text, numbers->min, numbers->max);
    *numbers->value = value;
    return true;
}

int64_t option_seconds_ns(const struct argp_state *state, const char *name, const char *text)
{
    const double year = 365.0 * 24 * 3600;
    char *end = NULL;
    double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !(seconds > 0.0 && seconds <= year))
        argp_error(state, "--%s: '%s' is not a number of seconds above 0, such as 5 or 0.5", name,
                   text);
    return llround(seconds * CLOCK_NS_PER_S);
}
