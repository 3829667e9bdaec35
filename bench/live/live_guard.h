/*
 * live_guard: who may ask the live page's server.
 */
#pragma once

/* What a request says of itself; NULL where the header is absent. */
struct live_request {
    const char *method;
    const char *host;
    const char *origin;
    const char *fetch_site; /* Sec-Fetch-Site */
};

/*
 * 0, or the HTTP status that refuses it:
 *   421  Host is not 127.0.0.1:PORT or localhost:PORT: DNS rebinding
 *   403  Origin is not ours, or the browser says that another site asks
 *   405  neither GET nor HEAD
 */
int live_guard(const struct live_request *request, int port);
