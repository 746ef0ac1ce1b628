"""How long the sign-in takes to answer, for addresses we know and for others; JSON on stdout.

    python -m bench.tries COUNT KNOWN

Writes into the database that it is given: a copy, please.
"""

import json
import logging
import sys
import time

import django

django.setup()

from django.test import Client  # noqa: E402

from membership import sign_in  # noqa: E402

ASK, CONFIRM = "/accounts/login/", "/accounts/login/code/confirm/"


def main():
    logging.disable(logging.WARNING)  # each wrong code is one
    count, known = int(sys.argv[1]), sys.argv[2]
    sign_in.spend = lambda *args, **kwargs: None  # the throttle would end it after five
    for _ in range(10):
        tried(known)
    times = {"known": [], "unknown": []}
    for number in range(count):  # in turns: whatever else the machine does hits both alike
        times["known"].append(tried(known))
        times["unknown"].append(tried(f"n{number:04}@demo.example"))
    print(json.dumps(times))


def tried(email: str) -> float:
    """Milliseconds from asking to the answer to a wrong code."""
    client = Client(SERVER_NAME="127.0.0.1")
    started = time.perf_counter()
    client.post(ASK, {"email": email})
    client.post(CONFIRM, {"code": "00000000"})
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
