"""The seating page of an event for staff, its place cards, and the caterer's link."""

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from events.access.private import private
from events.door import caterer
from events.models import SeatRequest, Table, Ticket
from events.sales.fields import LineField
from events.seating import place_cards
from events.seating import plan as seating_plan
from events.tables import strangers
from nsca.lib.desk.exports import note_download
from nsca.lib.desk.pages import AdminPage
from nsca.lib.secrets.codes import primary_key
from orders.lines.kinds import Refusal

SEAT = "events.change_ticket"


class LayForm(forms.Form):
    """Several house tables at once."""

    count = forms.IntegerField(
        label="How many tables", initial=1, min_value=1, max_value=seating_plan.MOST_AT_ONCE
    )
    seats = forms.IntegerField(label="Seats at each", initial=8, min_value=1, max_value=100)
    number = forms.IntegerField(
        label="First number",
        required=False,
        min_value=1,
        max_value=9999,
        help_text="Empty: the next free number.",
    )
    name = LineField(label="Name", max_length=80, required=False, help_text="Empty: “Table 7”.")


class RelayForm(forms.Form):
    """One table's number, name and seats."""

    number = forms.IntegerField(required=False, min_value=1, max_value=9999)
    name = LineField(max_length=80)
    seats = forms.IntegerField(required=False, min_value=1, max_value=100)


# --- Seating -----------------------------------------------------------------------------------


def seating_view(model_admin, request, event):
    form = LayForm()
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        try:
            form = LayForm(request.POST) if act is _lay else form
            if act is not _lay or form.is_valid():
                return act(model_admin, request, event, form)
        except Refusal as refusal:
            if _wants_json(request):
                return JsonResponse({"said": str(refusal)}, status=409)
            model_admin.message_user(request, str(refusal), "error")
            return HttpResponseRedirect(model_admin.url("seating", event.pk))
    plan = seating_plan.plan_of(event, request.now)
    return private_admin(
        model_admin.page(
            request,
            "admin/events/event/seating.html",
            obj=event,
            title="Seating",
            plan=plan,
            laid=[(each, _options(plan, each.table.pk)) for each in plan.laid],
            options=_options(plan, None),
            requests=[(r, strangers.name_of(r.ticket)) for r in plan.requests],
            form=form,
            cards_url=model_admin.url("place_cards", event.pk),
            caterer_url=model_admin.url("caterer", event.pk),
            status=422 if form.errors else 200,
        )
    )


def _back(model_admin, request, event, sentence: str, anchor: str = ""):
    model_admin.message_user(request, sentence, "success")
    return HttpResponseRedirect(model_admin.url("seating", event.pk) + anchor)


def _seat(model_admin, request, event, form):
    """Save one guest's table: at once with a script, else by its button."""
    guests = Ticket.objects.filter(event=event).select_related("line__order")
    ticket = get_object_or_404(guests, pk=primary_key(request.POST.get("ticket")))
    wanted, table = primary_key(request.POST.get("table")), None
    if wanted:
        table = get_object_or_404(Table, event=event, pk=wanted)
    former = seating_plan.seat(ticket, table, at=request.now)
    words = _table_words(table)
    if former != table:
        model_admin.log_change(request, ticket, f"Moved from {_table_words(former)} to {words}.")
    said = f"{strangers.name_of(ticket)}: {words}."
    said = said[0].upper() + said[1:]
    if _wants_json(request):
        plan = seating_plan.plan_of(event, request.now)
        tally = {each.table.pk: len(each.seats) for each in plan.laid}
        return JsonResponse({"said": said, "tally": tally | {"unseated": len(plan.unseated)}})
    return _back(model_admin, request, event, said, f"#guest-{ticket.pk}")


def _lay(model_admin, request, event, form):
    data = form.cleaned_data
    laid = seating_plan.lay(event, at=request.now, **data)
    one = len(laid) == 1
    return _back(
        model_admin,
        request,
        event,
        "One table added." if one else f"{len(laid)} tables added.",
    )


def _relay(model_admin, request, event, form):
    table = _table(request, event)
    relay = RelayForm(request.POST)
    if not relay.is_valid():
        model_admin.message_user(
            request, "Enter a name, and numbers for number and seats.", "error"
        )
        return HttpResponseRedirect(model_admin.url("seating", event.pk) + f"#table-{table.pk}")
    seating_plan.relay(table, **relay.cleaned_data)
    words = seating_plan.words_of(table)
    return _back(model_admin, request, event, f"{words}: saved.", f"#table-{table.pk}")


def _put_away(model_admin, request, event, form):
    seating_plan.put_away(_table(request, event), at=request.now)
    return _back(model_admin, request, event, "The table is removed.")


def _answer(model_admin, request, event, form):
    asked = SeatRequest.objects.filter(table__event=event)
    asked = get_object_or_404(asked, pk=primary_key(request.POST.get("who")))
    is_welcome = request.POST["act"] == "welcome"
    strangers.answer(asked, is_welcome=is_welcome, at=request.now)
    words = f"{'Seated at' if is_welcome else 'Not seated at'} {_table_words(asked.table)}"
    model_admin.log_change(request, asked.ticket, f"{words}, as they asked; answered by staff.")
    return _back(model_admin, request, event, "Answered. The guest gets an e-mail.")


def _table(request, event) -> Table:
    return get_object_or_404(Table, event=event, pk=primary_key(request.POST.get("at")))


# --- On paper, and for the kitchen -------------------------------------------------------------


def place_cards_view(model_admin, request, event):
    size = "A4" if request.GET.get("paper") == "a4" else "Letter"
    plan = seating_plan.plan_of(event, request.now)

    def make():
        note_download(request, "place cards", plan.guests)
        content = place_cards.draw(plan, size=size, at=request.now)
        response = HttpResponse(content, content_type="application/pdf")
        name = f"cards-{event.slug}.pdf"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return private(response)

    return model_admin.proven_download(
        request,
        make,
        obj=event,
        title="Place cards",
        words=["A card for each guest, with name and table, as a PDF to print."],
    )


def caterer_view(model_admin, request, event):
    """Show the counts as the caterer sees them, and the caterer's link."""
    if request.method == "POST":
        if request.POST.get("act") == "end":
            caterer.end_link(event)
            sentence = "The caterer’s link is turned off."
        else:
            caterer.make_link(event, by=request.user, at=request.now)
            sentence = "This is the caterer’s link. Older links no longer work."
        model_admin.log_change(request, event, sentence)
        model_admin.message_user(request, sentence, "success")
        return HttpResponseRedirect(model_admin.url("caterer", event.pk))
    link = caterer.link_of(event)
    address = reverse("events:caterer", args=[link.token]) if link else ""
    return private_admin(
        model_admin.page(
            request,
            "admin/events/event/caterer.html",
            obj=event,
            title="Caterer",
            sheet=caterer.sheet_of(event, at=request.now),
            link=link,
            address=settings.SITE_URL + address if link else "",
            csv_url=reverse("events:caterer_csv", args=[link.token]) if link else "",
            seating_url=model_admin.url("seating", event.pk),
        )
    )


ACTS = {
    "seat": _seat,
    "lay": _lay,
    "relay": _relay,
    "put_away": _put_away,
    "welcome": _answer,
    "decline": _answer,
}


def private_admin(response):
    """Prevent copies: the page has guests' needs and the caterer's link."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _options(plan: seating_plan.Plan, table_id: int | None) -> SafeString:
    """The options of a guest's select, with the present table chosen; made once per table."""
    rows = [("", "selected" if table_id is None else "", "No table")]
    for each in plan.laid:
        words = f"{seating_plan.words_of(each.table)} ({each.empty} free)"
        rows.append((each.table.pk, "selected" if each.table.pk == table_id else "", words))
    return format_html_join("", '<option value="{}" {}>{}</option>', rows)


def _table_words(table: Table | None) -> str:
    return seating_plan.words_of(table) if table else "no table"


def _wants_json(request) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


PAGES = [
    AdminPage("seating", seating_view, permission="view", needs=(SEAT,), label="Seating"),
    AdminPage("caterer", caterer_view, permission="view", needs=(SEAT,), label="Caterer"),
    AdminPage("place_cards", place_cards_view, permission="view", needs=(SEAT,)),
]
