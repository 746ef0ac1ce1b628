"""Views of the composition root that belong to no app."""

from django.shortcuts import render
from django.views.static import serve


def csrf_failure(request, reason=""):
    """A form whose page was open too long, or that another site sent."""
    return render(request, "403_csrf.html", status=403)


def media(request, path):
    """Pictures that staff uploaded, by names nobody can guess and that never change."""
    from django.conf import settings

    response = serve(request, path, document_root=settings.MEDIA_ROOT)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
