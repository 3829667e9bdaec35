#include "shared_options.h"

int shared_options_weights(const char *text, void *out_weights, struct err *err)
{
    return recommend_weights_parse(text, out_weights, err);
}
