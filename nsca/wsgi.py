"""What gunicorn serves."""

import os

from django.core.checks import run_checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nsca.settings")

_site = get_wsgi_application()


def application(environ, start_response):
    return _site(environ, start_response)


# CPython keeps frames in chunks of 16 KB and frees a chunk as soon as it is empty. If a page's
# busiest loop calls across the end of one, every call costs an mmap and a munmap: two milliseconds
# a page. This frame asks for 80 KB and so gets a chunk of 128; the page is made in the rest of it
# (push_chunk in CPython's Python/pystate.c).
application.__code__ = application.__code__.replace(co_stacksize=10_000)

# manage.py runs the checks itself, a server does not; and it is the server that must refuse.
if refusals := [
    str(found.msg) for found in run_checks(tags=["security", "edition"]) if found.is_serious()
]:
    raise SystemExit("\n".join(refusals))
