"""One round against memcached: COUNT values are set, of sizes from a seed, and half of all that were
ever set are asked for. The same commands for every row. Without a round: what the server counted.

    memcached.py PORT [ROUND COUNT SEED]
"""
import random
import socket
import sys

PIPELINE = 200
port, rest = int(sys.argv[1]), [int(word) for word in sys.argv[2:]]
server = socket.create_connection(("127.0.0.1", port))
answers = server.makefile("rb")


def ask(commands, ends):
    """Send all, read until `ends` answers have come; what else was read is returned."""
    server.sendall(b"".join(commands))
    lines = []
    while ends:
        line = answers.readline().strip()
        if line.startswith((b"ERROR", b"SERVER_ERROR", b"CLIENT_ERROR")) or not line:
            sys.exit(f"memcached says {line!r}")
        if line in (b"STORED", b"END"):
            ends -= 1
        else:
            lines.append(line)
    return lines


if not rest:
    print(*(line.decode() for line in ask([b"stats\r\n"], 1)), sep="\n")
    sys.exit()
count_of_round = rest[1]
draw = random.Random(rest[2] * 1000 + rest[0])
for first in range(0, count_of_round, PIPELINE):
    numbers = range(first, min(first + PIPELINE, count_of_round))
    sets, gets = [], []
    for number in numbers:
        value = b"x" * draw.randint(20, 2000)
        sets.append(b"set %d:%d 0 0 %d\r\n%s\r\n" % (rest[0], number, len(value), value))
        if number % 2 == 0:
            asked = draw.randint(0, rest[0])
            # Of this round only what was set already; else the server would count a miss.
            gets.append(b"get %d:%d\r\n" % (asked, number))
    ask(sets, len(sets))
    ask(gets, len(gets))
