"""The page of the sealed envelope: what it means, how to check it, and the file to check."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from events.access.private import private
from events.access.tickets import get_ticket
from events.models import Event
from events.public.feeds import next_publication
from events.reveal import VISITOR, Viewer, first_opening, picture_for, reveal_for
from events.tickets.views import status_of
from events.venue import envelope
from events.venue.pictures import MIMETYPE
from nsca.lib.web.caching import changes_at, public_cache
from nsca.lib.web.throttle import TooOften, spend

PICTURES_A_TICKET = 240  # an hour: each is decrypted again


def _event(request: HttpRequest, slug: str) -> Event:
    """A secret event that visitors may see. Raises Http404."""
    published = Event.objects.published(request.now)
    return get_object_or_404(published, slug=slug, lead__isnull=False)


@require_safe
@public_cache(seconds=600)
def explained(request: HttpRequest, slug: str) -> HttpResponse:
    """What the seal is, in plain words first and then in exact ones."""
    event = _event(request, slug)
    changes_at(request, event.opens_at, event.ends_at, next_publication(request.now))
    reveal = reveal_for(event, VISITOR, at=request.now)
    # What was recorded, not T: it may have been held, or late. No query before T.
    opening = first_opening(event) if request.now >= event.opens_at else None
    example, example_digest = envelope.example()
    context = {
        "event": event,
        "reveal": reveal,
        "seal": envelope.published(event),
        "proof": envelope.proof_of(event, reveal),
        "proof_url": reverse("events:envelope_text", args=[event.slug]),
        "opening": opening,
        "is_revealed": opening is not None,
        "heading_words": envelope.HEADING,
        "form_number": envelope.TEXT_FORM,
        "example": example,
        "example_digest": example_digest,
        "trail": [("Events", "/events/"), (event.title, event.get_absolute_url())],
    }
    return render(request, "events/public/envelope.html", context)


@require_safe
@public_cache(seconds=86_400)
def example(request: HttpRequest) -> HttpResponse:
    """The text for practice, as a file."""
    response = HttpResponse(envelope.example()[0], content_type="text/plain; charset=utf-8")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """The text whose digest was published, if everyone may know the venue; otherwise 404."""
    event = _event(request, slug)
    return _text(event, reveal_for(event, VISITOR, at=request.now))


@require_safe
def ticket_text(request: HttpRequest, token: str) -> HttpResponse:
    """The same for a ticket's holder."""
    ticket = get_ticket(token)
    return _text(ticket.event, status_of(ticket, at=request.now).reveal)


def _text(event: Event, reveal) -> HttpResponse:
    proof = envelope.proof_of(event, reveal)
    if proof is None:
        raise Http404
    response = private(HttpResponse(proof.text, content_type="text/plain; charset=utf-8"))
    response.headers["Content-Disposition"] = 'attachment; filename="envelope.txt"'
    return response


@require_safe
def ticket_picture(request: HttpRequest, token: str) -> HttpResponse:
    """The picture of the venue, for the ticket's holder from T on; otherwise 404."""
    ticket = get_ticket(token)
    try:
        spend("venue-picture", ticket.code, limit=PICTURES_A_TICKET, seconds=3600, at=request.now)
    except TooOften as error:
        response = HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=429)
        response.headers["Retry-After"] = str(error.retry_after)
        return private(response)
    viewer = Viewer(tokens=frozenset({ticket.token}))
    content = picture_for(ticket.event, viewer, at=request.now)
    if content is None:
        raise Http404
    response = private(HttpResponse(content, content_type=MIMETYPE))
    response.headers["Content-Disposition"] = 'inline; filename="venue.jpg"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
