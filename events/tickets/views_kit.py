"""The ticket holder's page for a kit's address, until it is packed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from events.access.private import private
from events.access.tickets import CHANGES_A_TICKET, State, get_ticket, state_of
from events.tickets import kits
from events.tickets.forms import KitForm
from nsca.lib.web.origins import same_origin_form
from nsca.lib.web.throttle import TooOften, spend


@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_form
def address(request: HttpRequest, token: str) -> HttpResponse:
    """The address on the label."""
    ticket = get_ticket(token)
    kit = kits.parcel_of(ticket)
    is_valid = state_of(ticket, at=request.now) == State.VALID
    if kit is None or not kit.may_change or not is_valid:
        return redirect(ticket)  # which shows the kit's state, if there is one
    form = KitForm(request.POST or None, initial={"address": ticket.postal_address})
    if form.is_bound and form.is_valid():
        try:
            spend(
                "change-ticket", ticket.code, limit=CHANGES_A_TICKET, seconds=3600, at=request.now
            )
            kits.send_to(ticket, form.cleaned_data["address"])
        except kits.AlreadyPacked as refusal:
            messages.warning(request, str(refusal))
            return redirect(ticket)
        except TooOften as error:
            form.add_error(None, f"Too many changes. {error}")
        else:
            messages.success(request, "Saved. We’ll mail your kit to this address.")
            return redirect(ticket)
    context = {"ticket": ticket, "event": ticket.event, "kit": kit, "form": form}
    return private(render(request, "events/tickets/kit.html", context))
