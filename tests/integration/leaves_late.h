/* leaves_late: a library that does something when it is closed. */
#pragma once

int leaves_late(void);
