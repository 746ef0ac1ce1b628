"""A small load generator: a few connections, each asking again as soon as it is answered.

It uses raw sockets, because http.client would cost more CPU than the site does. It connects only
to 127.0.0.1, for a limited time.
"""

import selectors
import socket
import time

REQUESTS_A_CONNECTION = 25  # then a new one: else all might stay with one worker for the whole run


class Unexpected(Exception):
    """An answer other than the one being measured."""


def request_bytes(path):
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: br"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def requests_per_second(port, path, *, seconds, connections=8):
    """How many answers per second come for `path`. Raises Unexpected for any but 200."""
    question = request_bytes(path)
    ready = selectors.DefaultSelector()
    for _ in range(connections):
        ready.register(Asking(port, question), selectors.EVENT_READ)
    answers, started = 0, time.perf_counter()
    until = started + seconds
    while time.perf_counter() < until:
        for key, _ in ready.select(timeout=1):
            asking = key.fileobj
            if not asking.has_whole_answer():
                continue
            answers += 1
            if asking.asked < REQUESTS_A_CONNECTION:
                asking.ask()
            else:
                ready.unregister(asking)
                asking.close()
                ready.register(Asking(port, question), selectors.EVENT_READ)
    elapsed = time.perf_counter() - started
    for key in list(ready.get_map().values()):
        key.fileobj.close()
    return answers / elapsed


class Asking:
    """One kept-alive connection with one request at a time."""

    def __init__(self, port, question):
        self.question = question
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.asked = 0
        self.ask()

    def fileno(self):
        return self.socket.fileno()

    def ask(self):
        self.received = b""
        self.asked += 1
        self.socket.sendall(self.question)

    def has_whole_answer(self):
        chunk = self.socket.recv(1 << 20)
        if not chunk:
            raise Unexpected("the connection was closed")
        self.received += chunk
        head, blank, body = self.received.partition(b"\r\n\r\n")
        if not blank:
            return False
        if not head.startswith(b"HTTP/1.1 200 "):
            answer = b" gave ".join([self.question.split()[1], head.splitlines()[0]])
            raise Unexpected(answer.decode("latin-1"))
        return len(body) >= content_length(head)

    def close(self):
        self.socket.close()


def content_length(head):
    _, named, rest = head.lower().partition(b"\r\ncontent-length:")
    if not named:
        raise Unexpected("an answer without Content-Length, which keeps proxies guessing")
    return int(rest.split(b"\r\n", 1)[0])


def fetch(port, path):
    """One answer: (head, body) in bytes. Raises Unexpected for any but 200."""
    asking = Asking(port, request_bytes(path))
    try:
        while not asking.has_whole_answer():
            pass
    finally:
        asking.close()
    head, _, body = asking.received.partition(b"\r\n\r\n")
    return head, body
