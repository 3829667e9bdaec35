/*
 * watch_attached: what `heapchurn watch --attach` does beside watching: the agent goes in, its word
 * goes into each look, and the allocator is asked to give back once at the end.
 */
#pragma once

#include "text_style.h"
#include "watch_agent.h"

/* Say what is about to be done, on stderr, do it, and say who serves the process. */
int watch_attached_begin(const struct watch_target *target, struct watch_agent *agent,
                         const struct text_style *style, struct err *err);

/* What the agent says, into a look. */
void watch_attached_look(struct watch_agent *agent, struct watch_reading *reading);

/* Ask the allocator to give back, and look again: before and after. */
void watch_attached_release(const struct watch_target *target, struct watch_agent *agent,
                            const struct text_style *style);

/* What could not be told, and what stays behind. */
void watch_attached_end(const struct watch_agent *agent, const struct text_style *style);
