"""Run by gdb's Python: load a library into a living process and call one function of it.

The process is stopped only while its threads are looked at and for the two calls; the other threads
run on during these. The calls are made by a thread that waits in a system call, or is in the
program's own code, and has neither the loader nor an allocator nor a signal handler among its
frames: it holds no lock that they take. If there is none, the process goes on, and is stopped again
a little later, until the time is over. It is let go whatever happens.

Last line of output: "attached SECONDS_STOPPED", "busy REASON" or "failed REASON".
"""
import os
import signal
import threading
import time

import gdb

PID = int(os.environ["HEAPCHURN_ATTACH_PID"])
LIBRARY = os.environ["HEAPCHURN_ATTACH_LIBRARY"]
FUNCTION = os.environ["HEAPCHURN_ATTACH_FUNCTION"]
ARGUMENTS = os.environ["HEAPCHURN_ATTACH_ARGUMENTS"].split("\n")
WITHIN_S = float(os.environ["HEAPCHURN_ATTACH_WITHIN"])
WAITS = {int(number) for number in os.environ["HEAPCHURN_ATTACH_WAITS"].split()}
FUTEX = int(os.environ["HEAPCHURN_ATTACH_FUTEX"])
ALLOCATORS = tuple(os.environ["HEAPCHURN_ATTACH_ALLOCATORS"].split())
FRAMES_MAX = 500


def quietly(command):
    """An old gdb does not know every setting."""
    try:
        gdb.execute(command, to_string=True)
    except gdb.error:
        pass


def library_of(frame):
    name = gdb.solib_name(frame.pc())
    return os.path.basename(name) if name else ""


def waits(thread):
    """Is it in a system call that holds nothing? A lock of libc's waits by FUTEX_WAIT, conditions,
    joins and semaphores by FUTEX_WAIT_BITSET."""
    try:
        with open(f"/proc/{PID}/task/{thread.ptid[1]}/syscall", encoding="ascii") as file:
            words = file.read().split()
    except OSError:
        return False
    if not words or words[0] == "running":
        return False
    number = int(words[0])
    if number == FUTEX:
        return int(words[2], 16) & 127 != 0
    return number in WAITS


def why_not(thread):
    """Why no call can be made by this thread now; None: one can."""
    thread.switch()
    frame = gdb.newest_frame()
    if library_of(frame).startswith("libc.") and not waits(thread):
        return "its threads are in libc"
    for _ in range(FRAMES_MAX):
        library = library_of(frame)
        if frame.type() == gdb.SIGTRAMP_FRAME:
            return "its threads are in signal handlers"
        if library.startswith("ld-") or (frame.name() or "").startswith(("dlopen", "dl_iterate")):
            return "its threads are in the loader"
        if library.startswith(ALLOCATORS) or (frame.name() or "") in (
            "malloc", "free", "calloc", "realloc", "fork", "vfork", "pthread_create"):
            return "its threads are in the allocator"
        frame = frame.older()
        if frame is None:
            return None
    return "its stacks are too deep to be read"


def call():
    """In the thread that was chosen."""
    handle = gdb.parse_and_eval(f'(void *) ((void *(*)(const char *, int)) dlopen)("{LIBRARY}", 2)')
    if int(handle) == 0:
        why = gdb.parse_and_eval("(char *) ((char *(*)(void)) dlerror)()")
        return "failed the loader says: " + why.string()
    function = int(gdb.parse_and_eval(
        f'(long) ((void *(*)(void *, const char *)) dlsym)((void *) {int(handle)}, "{FUNCTION}")'))
    if function == 0:
        return "failed the library in the process is of another build"
    arguments = ", ".join(f'"{text}"' for text in ARGUMENTS)
    types = ", ".join("const char *" for _ in ARGUMENTS)
    error = int(gdb.parse_and_eval(f"((int (*)({types})) {function})({arguments})"))
    return "attached" if error == 0 else f"failed {os.strerror(error)}"


def attempt():
    """Stop it, call where that is safe, let it go. The answer, and how long it was stopped."""
    began = time.monotonic()
    gdb.execute(f"attach {PID}", to_string=True)
    try:
        reasons = []
        for thread in sorted(gdb.selected_inferior().threads(), key=lambda thread: thread.num):
            reason = why_not(thread)
            if reason is None:
                return call(), began
            reasons.append(reason)
        return "busy " + max(set(reasons), key=reasons.count), began
    finally:
        gdb.execute("detach", to_string=True)


def main():
    for command in ("set confirm off", "set pagination off", "set debuginfod enabled off",
                    "set auto-load off", "set unwindonsignal on", "set print thread-events off",
                    "handle all nostop noprint pass", f"file /proc/{PID}/exe"):
        quietly(command)
    until = time.monotonic() + WITHIN_S
    watchdog = threading.Timer(2 * WITHIN_S, os.kill, (os.getpid(), signal.SIGINT))
    watchdog.daemon = True
    watchdog.start()
    answer = "busy it was never looked at"
    while answer.startswith("busy") and time.monotonic() < until:
        answer, began = attempt()
        if answer == "attached":
            answer = f"attached {time.monotonic() - began:.3f}"
        time.sleep(0.02)
    watchdog.cancel()
    return answer


try:
    print(main(), flush=True)
except (gdb.error, KeyboardInterrupt, RuntimeError) as error:
    print("failed gdb: " + " ".join(str(error).split()), flush=True)
