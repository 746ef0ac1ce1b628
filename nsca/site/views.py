"""Views of the composition root that belong to no app."""

from django.http import Http404
from django.views.static import serve

from nsca.site import errors


def csrf_failure(request, reason=""):
    """A form whose page was open too long, or that another site sent."""
    return errors.page(request, 403, "403_csrf.html")


def closed(request, **_):
    """An address that comes with a package but that this site does not have."""
    raise Http404


def media(request, path):
    """Pictures that staff uploaded, by names nobody can guess and that never change."""
    from django.conf import settings

    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
