"""The caterer's sheet, by its own unguessable link: read-only, without guests or venue."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from tablib import Dataset

from events.access.private import private
from events.door.caterer import Sheet, sheet_of
from events.models import CatererLink
from events.sales.addons import words
from nsca.lib.desk.exports import csv_response, plain
from nsca.lib.timing import exactly
from nsca.lib.web.throttle import TooOften, spend

LOOKS_A_LINK = 240  # an hour: several people with the page open, which refreshes every 5 minutes
ASK_AGAIN = 300  # seconds


def get_sheet(request: HttpRequest, token: str) -> Sheet:
    """The sheet that a link opens. Raises Http404, TooOften."""
    link = get_object_or_404(CatererLink.objects.select_related("event"), token=token[:64])
    spend("caterer", str(link.pk), limit=LOOKS_A_LINK, seconds=3600, at=request.now)
    return sheet_of(link.event, at=request.now)


@require_safe
def sheet(request: HttpRequest, token: str) -> HttpResponse:
    try:
        found = get_sheet(request, token)
    except TooOften as error:
        return _too_often(request, error)
    context = {"sheet": found, "event": found.event, "token": token}
    response = private(render(request, "events/door/caterer.html", context))
    response.headers["Refresh"] = str(ASK_AGAIN)
    return response


@require_safe
def csv(request: HttpRequest, token: str) -> HttpResponse:
    try:
        return private(csv_of(get_sheet(request, token)))
    except TooOften as error:
        return _too_often(request, error)


def csv_of(sheet: Sheet) -> HttpResponse:
    """The sheet as CSV: a row for each table, and the total."""
    beside = sheet.extras
    headers = ["table", "seats", "guests", *map(plain, sheet.suppers), "allergies"]
    rows = Dataset(headers=headers + (["add-ons"] if beside else []))
    for table in sheet.tables:
        notes = "; ".join(f"{note.guests} × {note.text}" for note in table.notes)
        seats = "" if table.seats is None else table.seats
        row = [table.words, seats, table.guests, *table.counts, plain(notes)]
        rows.append(row + ([plain(table.extras_words)] if beside else []))
    total = ["total", "", sheet.guests, *sheet.totals, f"as of {exactly(sheet.at)}"]
    rows.append(total + ([plain(words(beside))] if beside else []))
    return csv_response(rows, "suppers")


def _too_often(request, error: TooOften) -> HttpResponse:
    response = private(render(request, "429.html", status=429))
    response.headers["Retry-After"] = str(error.retry_after)
    return response
