"""A web service of one thread a request: it reads a document, keeps what was new in it, and answers.

    python-service.py PORT
"""
import http.server
import json
import sys
import threading

kept, answered, lock = {}, 0, threading.Lock()


class Service(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(f"{answered} answered, {len(kept)} kept\n".encode())

    def do_POST(self):
        global answered
        document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps([word.upper() for word in document["words"]]).encode()
        with lock:
            answered += 1
            kept.setdefault(document["key"], document["words"][:4])
        self.answer(answer)

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


Server(("127.0.0.1", int(sys.argv[1])), Service).serve_forever()
