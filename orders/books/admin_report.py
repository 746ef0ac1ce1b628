"""The treasurer's report in the admin, and the orders behind each number."""

from datetime import date

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from tablib import Dataset

from nsca.lib.desk.exports import csv_response, note_export, plain
from nsca.lib.timing import day_of
from orders.books.report import (
    BY,
    FEES,
    GIVEN_BACK,
    SOLD,
    TAKEN_BACK,
    Period,
    Report,
    Table,
    report,
)
from orders.models import LedgerEntry

COLUMNS = {
    SOLD: "Sold",
    GIVEN_BACK: "Refunded",
    TAKEN_BACK: "Disputed",
    "net": "Net",
    FEES: "Stripe fees",
    "left": "To the bank",
}
FIRST_COLUMN = {
    "heading": "What",
    "committee": "Committee",
    "payout": "Payout",
    "method": "Payment method",
}
YEARS = range(2000, 2100)  # a date field reads a mistyped year as one outside


def may_see(user) -> bool:
    """Whether a user may read the ledger and the payments."""
    return user.has_perms(["orders.view_ledgerentry", "orders.view_payment"])


class PeriodForm(forms.Form):
    """The first and last day, in Norfolk's time; empty: this month."""

    start = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    end = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self):
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if any(day and day.year not in YEARS for day in (start, end)):
            raise ValidationError("Write the year with four digits, such as 2027.")
        if start and end and end < start:
            raise ValidationError("The period ends before it starts. Check both dates.")
        return self.cleaned_data

    def period(self, today: date) -> Period:
        """The chosen period; one day alone means from or until it, within its month."""
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        month = Period.month_of(start or end or today)
        return Period(start or month.first, end or month.last)


def view(desk, request):
    """The report of a period; with ?csv=heading, one of its tables as CSV."""
    if not may_see(request.user):
        raise PermissionDenied
    today = day_of(request.now)
    form = PeriodForm(request.GET)
    period = form.period(today) if form.is_valid() else Period.month_of(today)
    found = report(period)
    if "csv" in request.GET:
        return _csv(request, found)
    if not form.data.get("start") and not form.data.get("end"):
        form = PeriodForm(initial={"start": period.first, "end": period.last})
    return desk.page(
        request,
        "admin/orders/report.html",
        title="Treasurer's report",
        back_url=reverse("admin:orders_ledgerentry_changelist"),
        form=form,
        report=found,
        choices=_choices(period, today),
        columns=COLUMNS,
        tables=[_shown(table, period) for table in found.tables],
        figures=[
            (words, found.total.net if name == "net" else _cents(found.total, name))
            for name, words in COLUMNS.items()
        ],
        is_sample=found.total.is_sample,
        csv_of_payouts=_address(period, csv="payouts"),
        status=422 if form.errors else 200,
    )


def _choices(period: Period, today: date) -> list[tuple[str, str, bool]]:
    """Labels, addresses and whether each is current: nearby months, recent months and years."""
    this = Period.month_of(today)
    periods = [Period.month_of(_day_before(this.first)), this]
    if period == Period.month_of(period.first):
        around = (_day_before(period.first), period.first, _day_after(period.last))
        periods = sorted({*periods, *map(Period.month_of, around)}, key=lambda each: each.first)
    last_year = date(today.year - 1, 1, 1)
    periods += [Period.year_of(last_year), Period.year_of(today)]
    return [(each.words, _address(each), each == period) for each in periods]


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _address(period: Period, **more) -> str:
    query = {"start": period.first.isoformat(), "end": period.last.isoformat(), **more}
    return reverse("admin:orders_ledgerentry_report") + "?" + urlencode(query)


def _cents(row, column: str) -> int:
    return {"net": row.net, "left": row.left}.get(column, row.cents.get(column, 0))


def _shown(table: Table, period: Period) -> dict:
    """A table for the template: each cell with its cents and the link to its orders."""

    def cells(row):
        return [
            {
                "cents": _cents(row, column),
                "url": orders_behind(period, table.by, row.key, column),
                "words": words,
            }
            for column, words in COLUMNS.items()
        ]

    return {
        "by": table.by,
        "title": table.title,
        "first_column": FIRST_COLUMN[table.by],
        "csv": _address(period, csv=table.by),
        "rows": [(row, cells(row)) for row in table.rows],
        "total": cells(table.total),
    }


def orders_behind(period: Period, by: str, key: str, column: str) -> str:
    """The address of the list of orders behind one number."""
    query = {
        BehindTheReport.FROM: period.first.isoformat(),
        BehindTheReport.UNTIL: period.last.isoformat(),
        BehindTheReport.BY: by,
        BehindTheReport.ROW: key,
        BehindTheReport.COLUMN: column,
    }
    return reverse("admin:orders_order_changelist") + "?" + urlencode(query)


def _csv(request, found: Report):
    by = request.GET["csv"]
    if by == "payouts":
        rows = Dataset(headers=["arrives on", "state", "orders", "fees", "other", "payout"])
        for each in found.payouts:
            money = (each.gross_cents, each.fee_cents, each.other_cents, each.payout.cents)
            day = each.payout.arrives_on.isoformat()
            rows.append([day, plain(each.payout.state), *(cents / 100 for cents in money)])
    elif by in BY:
        table = found.table(by)
        rows = Dataset(headers=[FIRST_COLUMN[by].lower(), *(w.lower() for w in COLUMNS.values())])
        for row in (*table.rows, table.total):
            # for sums in the spreadsheet; nothing here computes with dollars
            rows.append([plain(row.words), *(_cents(row, column) / 100 for column in COLUMNS)])
    else:
        raise Http404
    note_export(request, LedgerEntry, len(rows))
    days = f"{found.period.first:%Y-%m-%d}-to-{found.period.last:%Y-%m-%d}"
    return csv_response(rows, f"report-by-{by}-{days}")


class BehindTheReport(admin.ListFilter):
    """Filter for the orders behind one number; shown only to those who came from the report."""

    title = "the treasurer's report"
    FROM, UNTIL, BY, ROW, COLUMN = (
        f"report_{name}" for name in ("from", "until", "by", "row", "column")
    )
    template = "admin/filter.html"

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        for name in self.expected_parameters():
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.may = may_see(request.user)

    def expected_parameters(self):
        return [self.FROM, self.UNTIL, self.BY, self.ROW, self.COLUMN]

    def has_output(self):
        return bool(self.used_parameters)

    def choices(self, changelist):
        yield {
            "selected": False,
            "query_string": changelist.get_query_string(remove=self.expected_parameters()),
            "display": "All orders",
        }
        row = self.used_parameters.get(self.ROW) or "together"
        column = COLUMNS.get(self.used_parameters.get(self.COLUMN, ""), "")
        yield {
            "selected": True,
            "query_string": changelist.get_query_string(),
            "display": f"{column}: {row}" if column else row,
        }

    def queryset(self, request, queryset):
        """No orders for a malformed request, or a person who may not see the report."""
        if not self.used_parameters:
            return queryset
        given = self.used_parameters.get
        form = PeriodForm({"start": given(self.FROM), "end": given(self.UNTIL)})
        if not self.may or not form.is_valid():
            return queryset.none()
        table = report(form.period(day_of(request.now))).table(given(self.BY, ""))
        row = table and table.row(given(self.ROW, ""))
        return (
            queryset.filter(pk__in=row.orders_in(given(self.COLUMN, "")))
            if row
            else (queryset.none())
        )
