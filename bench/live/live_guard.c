#include "live_guard.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { FORBIDDEN = 403, METHOD_NOT_ALLOWED = 405, MISDIRECTED = 421 };

static bool is_ours(const char *text, const char *prefix, int port)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char ours[64];
        (void)snprintf(ours, sizeof ours, "%s%s:%d", prefix, names[i], port);
        if (strcmp(text, ours) == 0)
            return true;
    }
    return false;
}

int live_guard(const struct live_request *request, int port)
{
    const char *site = request->fetch_site;
    if (!request->host || !is_ours(request->host, "", port))
        return MISDIRECTED;
    if (request->origin && !is_ours(request->origin, "http://", port))
        return FORBIDDEN;
    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return FORBIDDEN;
    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0)
        return METHOD_NOT_ALLOWED;
    return 0;
}
