"""The baseline: the least Django can do for the same bytes. One view and nothing else.

BENCH_BODIES names a folder with one file per answer and index.json: {path: [file, headers]}.
"""

import json
import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import re_path

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[], ROOT_URLCONF=__name__, SECRET_KEY="none is needed"
)
FOLDER = Path(os.environ["BENCH_BODIES"])
ANSWERS = {
    path: ((FOLDER / file).read_bytes(), headers)
    for path, (file, headers) in json.loads((FOLDER / "index.json").read_text()).items()
}


def answer(request):
    body, headers = ANSWERS[request.path]
    return HttpResponse(body, headers={**headers, "Content-Length": str(len(body))})


urlpatterns = [re_path("", answer)]
application = get_wsgi_application()
