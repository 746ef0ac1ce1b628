"""For the container: exit 0 if the server beside us says that it is well.

It asks as the proxy would, with the site's own host and scheme, so that neither ALLOWED_HOSTS nor
the redirect to https gets in the way. Standard library only.

    python scripts/healthcheck.py [/healthz]
"""

import http.client
import os
import sys
from urllib.parse import urlsplit


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "/healthz"
    site = urlsplit(os.environ.get("SITE_URL", "http://127.0.0.1:8000"))
    port = int(os.environ.get("GUNICORN_BIND", "127.0.0.1:8000").rpartition(":")[2])
    headers = {"Host": site.netloc, "X-Forwarded-Proto": site.scheme}
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        server.request("GET", path, headers=headers)
        status = server.getresponse().status
    except OSError as silence:
        sys.exit(f"no answer: {silence}")
    if status != 200:
        sys.exit(f"{path} answered {status}")


if __name__ == "__main__":
    main()
