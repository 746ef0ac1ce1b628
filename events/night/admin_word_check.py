"""The page of the word check: what it found, when it ran, and a button to run it now."""

from django.contrib import messages
from django.http import HttpResponseRedirect

from events import reveal
from events.night import word_check
from events.night.word_check import SEE
from events.venue import findings
from membership.accounts import reauthenticate
from nsca.lib.desk.pages import AdminPage
from nsca.lib.secrets.sealing import SealingError


def word_check_view(model_admin, request, event):
    """Show findings to those with permission only: a finding hints at the venue."""
    asking = reauthenticate.ask(request) if request.method == "POST" else None
    if request.method == "POST" and asking is None and event.is_secret:
        try:
            word_check.check_now(event, by=request.user, at=request.now)
        except (reveal.NoVenue, SealingError) as error:
            model_admin.message_user(request, str(error), messages.ERROR)
        return HttpResponseRedirect(model_admin.url("word_check", event.pk))
    try:
        found, lost = findings.noted(event), ""
    except SealingError as error:
        found, lost = [], str(error)
    response = model_admin.page(
        request,
        "admin/events/event/word_check.html",
        obj=event,
        title="Word check",
        asking=asking,
        findings=found,
        lost=lost,
        checked_at=findings.checked_at(event),
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


PAGES = [
    AdminPage(
        "word_check",
        word_check_view,
        permission="view",
        needs=(SEE,),
        label="Word check",
        shows=lambda request, event: event.is_secret and not event.is_canceled,
    )
]
