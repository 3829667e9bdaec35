/*
 * launch: command lines and environments of the three programs of a trial.
 */
#pragma once

#include "supervisor.h"
#include "trial.h"

/* Start one of them. `proxy_endpoint` is where peer and churner find the proxy. */
int launch_proxy(struct supervisor *supervisor, const struct trial_options *options,
                 struct record_role *out, struct err *err);
int launch_peer(struct supervisor *supervisor, const struct trial_options *options,
                const char *proxy_endpoint, struct record_role *out, struct err *err);
int launch_churner(struct supervisor *supervisor, const struct trial_options *options,
                   const char *proxy_endpoint, struct err *err);
