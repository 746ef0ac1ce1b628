"""One worker of the site: a process of its own, with a hash seed and a memory of its own.

    python -m tests.nsca.one_worker <name of the test's database>

Each line of its input is a list of [path, instant]; it makes each page anew, as of that instant,
and answers with one line: for each page its status, headers and body.
"""

import json
import os
import sys
from datetime import datetime

OF_ONE_ANSWER = ("X-Request-ID", "Date", "Content-Length")


def main(database: str) -> None:
    # What a library prints must not be taken for a word of ours.
    wire = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    import time_machine
    from django.conf import settings
    from django.core.cache import caches
    from django.db import connection
    from django.test import Client

    from tests.secrecy.keeping import no_chance

    connection.settings_dict["NAME"] = database
    settings.ALLOWED_HOSTS = ["testserver"]  # as the test's own process has it
    client = Client(raise_request_exception=False)

    def made(path: str, at: str) -> dict:
        caches["pages"].clear()
        with time_machine.travel(datetime.fromisoformat(at), tick=False):
            answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        headers = {k: v for k, v in answer.headers.items() if k not in OF_ONE_ANSWER}
        return {"status": answer.status_code, "headers": headers, "body": body.decode("latin-1")}

    with no_chance():
        for line in sys.stdin:
            wire.write(json.dumps([made(*each) for each in json.loads(line)]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
