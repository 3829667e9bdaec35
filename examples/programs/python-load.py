"""One round: COUNT documents, drawn from a seed, by eight clients at once. The same for every row.
Without a round: what the service has answered.

    python-load.py PORT [ROUND COUNT SEED]
"""
import http.client
import json
import random
import sys
import threading

CLIENTS = 8
port, rest = int(sys.argv[1]), [int(word) for word in sys.argv[2:]]
failed = []


def ask(method, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, "/", body)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status != 200:
        raise OSError(f"status {answer.status}")
    return text


def client(number, round_number, count, seed):
    draw = random.Random(seed * 1000003 + round_number * CLIENTS + number)
    try:
        for _ in range(count // CLIENTS):
            words = ["w%d" % draw.randrange(10**9) for _ in range(draw.randint(10, 3000))]
            ask("POST", json.dumps({"key": "k%d" % draw.randrange(200), "words": words}))
    except (OSError, http.client.HTTPException) as error:
        failed.append(error)


if not rest:
    print(ask("GET").decode(), end="")
    sys.exit()
clients = [threading.Thread(target=client, args=(number, *rest)) for number in range(CLIENTS)]
for thread in clients:
    thread.start()
for thread in clients:
    thread.join()
if failed:
    sys.exit(f"{len(failed)} clients failed: {failed[0]}")
