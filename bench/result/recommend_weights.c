#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "recommend.h"

static int weight_of(const char *word, size_t length, struct recommend_weights *out)
{
    const char *equals = memchr(word, '=', length);
    for (size_t term = 0; equals && term < TERM_COUNT; term++) {
        const char *name = recommend_term_names[term];
        char *end = NULL;
        if ((size_t)(equals - word) != strlen(name) || strncmp(word, name, strlen(name)) != 0)
            continue;
        out->share[term] = strtod(equals + 1, &end);
        bool good = end > equals + 1 && end == word + length && isfinite(out->share[term]);
        return good && out->share[term] >= 0 ? 0 : -EINVAL;
    }
    return -EINVAL;
}

int recommend_weights_parse(const char *text, struct recommend_weights *out, struct err *err)
{
    struct recommend_weights weights = {.share = {0}};
    double sum = 0;
    for (const char *word = text;; word++) {
        size_t length = strcspn(word, ",");
        if (weight_of(word, length, &weights) < 0)
            return err_set(err, -EINVAL,
                           "weights '%s': '%.*s' is not TERM=NUMBER with a term of memory, cpu, "
                           "latency and a number from 0; write memory=2,cpu=1,latency=1",
                           text, (int)length, word);
        word += length;
        if (!*word)
            break;
    }
    for (size_t term = 0; term < TERM_COUNT; term++)
        sum += weights.share[term];
    if (!(sum > 0) || !isfinite(sum))
        return err_set(err, -EINVAL, "weights '%s': at least one must be above 0", text);
    for (size_t term = 0; term < TERM_COUNT; term++)
        out->share[term] = weights.share[term] / sum;
    return 0;
}
