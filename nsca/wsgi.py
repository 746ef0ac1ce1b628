"""What gunicorn serves."""

import os

from django.core.checks import run_checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nsca.settings")

application = get_wsgi_application()

# manage.py runs the checks by itself, a server does not; and it is the server that must refuse.
if refusals := [str(found.msg) for found in run_checks(tags=["security"]) if found.is_serious()]:
    raise SystemExit("\n".join(refusals))
