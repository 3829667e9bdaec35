#include "cases.h"

const struct calibration_case calibration_cases[CASE_COUNT] = {
    [CASE_NOTHING] = {"nothing", "nothing is allocated", 0, 0, CASE_NOTHING},
    [CASE_FREED] = {"freed", "100 blocks are allocated and freed", 0, 0, CASE_NOTHING},
    [CASE_LOST] = {"lost", "100 blocks are lost", CASE_BLOCKS, 0, CASE_NOTHING},
    [CASE_REACHABLE] = {"reachable", "100 blocks stay in a global", 0, CASE_BLOCKS, CASE_NOTHING},
    [CASE_SOCKETS] = {"sockets", "sockets talk and are closed", 0, 0, CASE_SOCKETS},
    [CASE_MESSAGES] = {"messages", "100 messages are never closed", CASE_BLOCKS, 0, CASE_SOCKETS},
    [CASE_THREAD] = {"thread", "100 blocks are lost in a thread that ended", CASE_BLOCKS, 0,
                     CASE_NOTHING},
};
