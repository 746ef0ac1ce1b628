"""The membership reports in the admin, and the people behind each number."""

from django.contrib import admin
from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from tablib import Dataset

from membership.insight.charts import bars
from membership.insight.reports import FLOWS, YEARS_KEPT, people_report
from membership.insight.reports_money import money_report, month_behind
from membership.models import Term
from nsca.lib.desk.exports import csv_response, note_export, plain
from nsca.lib.desk.pages import AdminPage
from nsca.lib.text.money import dollars
from nsca.lib.timing import day_of
from orders.books.admin_report import orders_behind

PARAMETER = "report"


def may_see_people(user) -> bool:
    """Whether a user works with members."""
    return user.has_perm("membership.change_term")


def may_see_money(user) -> bool:
    """Whether a user is the treasurer or the director."""
    return user.has_perms(["orders.view_ledgerentry", "orders.view_payment"])


def people_url(key: str) -> str:
    return f"{reverse('admin:membership_person_changelist')}?{urlencode({PARAMETER: key})}"


class ReportFilter(admin.SimpleListFilter):
    """Filter people by a number of the report; offered only when coming from there."""

    title = "report"
    parameter_name = PARAMETER

    def lookups(self, request, model_admin):
        asked = request.GET.get(PARAMETER)
        return [(asked, _words(asked))] if asked else []

    def queryset(self, request, queryset):
        """Nobody if there is no such number, or the user may not see it."""
        key = self.value()
        if not key:
            return queryset
        on = day_of(request.now)
        if key.startswith("ends-"):
            sets = money_report(on).sets if may_see_money(request.user) else {}
        else:
            sets = people_report(on).sets if may_see_people(request.user) else {}
        return queryset.filter(pk__in=sets.get(key, ()))


def _words(key: str) -> str:
    """ "joined, 2027-04"."""
    kind, _, rest = key[:60].partition("-")
    return f"{kind}, {rest}" if rest else kind


def reports_view(model_admin, request):
    sees_people, sees_money = may_see_people(request.user), may_see_money(request.user)
    on = day_of(request.now)
    tables = []
    if sees_people:
        tables += _of_people(people_report(on))
    if sees_money:
        tables += _of_money(money_report(on))
    if "csv" in request.GET:
        return _csv(request, tables, on)
    return model_admin.page(
        request,
        "admin/membership/report.html",
        title="Reports",
        tables=tables,
        on=on,
        address=model_admin.url("reports"),
    )


def _cell(number: int, url: str = "", words: str = "") -> dict:
    return {"number": number, "shown": words or f"{number:,}", "url": url if number else ""}


def _none() -> dict:
    return {"number": None, "shown": "–", "url": ""}


def _table(key, title, columns, rows, *, chart=None, help="", total=None) -> dict:  # noqa: A002
    return {
        "key": key, "title": title, "columns": columns, "rows": rows, "chart": chart,
        "help": help, "total": total,
    }  # fmt: skip


def _of_people(report) -> list[dict]:
    def linked(rows):
        return [(words, [_cell(count, people_url(key))]) for words, key, count in rows]

    names = [month.short for month in report.months]
    flows = {FLOWS[flow]: counts for flow, counts in report.flows.items()}
    months = [
        (
            month.words,
            [
                _cell(report.flows[flow][number], people_url(f"{flow}-{month.key}"))
                for flow in FLOWS
            ],
        )
        for number, month in enumerate(report.months)
    ]
    cohorts = [
        (
            str(cohort.year),
            [
                _cell(cohort.count, people_url(f"cohort-{cohort.year}")),
                *(
                    _none()
                    if kept is None
                    else _cell(
                        kept,
                        people_url(f"cohort-{cohort.year}-{years}"),
                        f"{kept:,} ({kept * 100 // cohort.count}%)",
                    )
                    for years, kept in enumerate(cohort.kept, 1)
                ),
            ],
        )
        for cohort in report.cohorts
    ]
    total = [_cell(report.members, people_url("members"))]
    return [
        _table(
            "levels", "Members by level", ["Level", "People"], linked(report.by_level),
            total=total,
            help="Today’s members. The total counts each person once, even if they have two "
            "households at two levels.",
        ),
        _table(
            "cities", "Members by favorite city", ["City", "People"], linked(report.by_city),
            total=total, help="A person with two favorite cities counts for both.",
        ),
        _table(
            "months", "Joined, renewed, left", ["Month", *FLOWS.values()], months,
            chart=bars("People per month", names, flows),
            help="By the first day of a term; for people who left, by their last day. People in "
            "the grace period have not left.",
        ),
        _table(
            "cohorts", "Retention",
            ["Joined in", "People", *(f"after {n} year{'s' if n > 1 else ''}"
                                      for n in range(1, YEARS_KEPT + 1))],
            cohorts,
            help="Of those who first joined in a year, how many were members on each anniversary.",
        ),
    ]  # fmt: skip


def _of_money(report) -> list[dict]:
    this, last = report.on.year, report.on.year - 1
    tables = []
    for year in report.years:
        rows = []
        for number in range(12):
            period = month_behind(this, number + 1)
            rows.append(
                (
                    f"{period.first:%B}",
                    [
                        _money(year.this[number], period, year.kind),
                        _money(year.last[number], month_behind(last, number + 1), year.kind),
                    ],
                )
            )
        labels = [f"{month_behind(this, number).first:%b}" for number in range(1, 13)]
        tables.append(
            _table(
                year.kind, f"{year.words} by month", ["Month", str(this), str(last)], rows,
                chart=bars(
                    f"{year.words} by month", labels, {str(this): year.this, str(last): year.last},
                    said=dollars,
                ),
                total=[
                    _cell(year.this_total, "", dollars(year.this_total)),
                    _cell(year.last_total, "", dollars(year.last_total)),
                ],
                help=f"Less refunds, as in the treasurer’s report. Through this month last year: "
                f"{dollars(year.last_so_far)}."
                + (" Includes sample orders."
                   if report.is_sample else ""),
            )
        )  # fmt: skip
    rows = [
        (
            each.month.words,
            [
                _cell(each.memberships),
                _cell(each.people, people_url(f"ends-{each.month.key}")),
                _cell(each.by_itself),
                _cell(each.cents, "", dollars(each.cents)),
            ],
        )
        for each in report.expected
    ]
    unpriced = sum(each.unpriced for each in report.expected)
    tables.append(
        _table(
            "expected", "Renewals due in the next twelve months",
            ["Ends in", "Memberships", "People", "Auto-renewal", "Would bring"], rows,
            chart=bars(
                "Would bring", [each.month.short for each in report.expected],
                {"Would bring": [each.cents for each in report.expected]}, said=dollars,
            ),
            total=[
                _cell(sum(each.memberships for each in report.expected)),
                _cell(len(set().union(*report.sets.values()))),
                _cell(sum(each.by_itself for each in report.expected)),
                _cell(report.expected_cents, "", dollars(report.expected_cents)),
            ],
            help="An estimate, if everybody renewed at today’s dues."
            + (f" Not included: {unpriced} at a level without dues." if unpriced else ""),
        )
    )  # fmt: skip
    return tables


def _money(cents: int, period, kind: str) -> dict:
    return _cell(cents, orders_behind(period, "kind", kind, "net"), dollars(cents))


def _csv(request, tables, on):
    table = next((each for each in tables if each["key"] == request.GET["csv"]), None)
    if table is None:
        raise Http404
    rows = Dataset(headers=[plain(words.lower()) for words in table["columns"]])
    is_money = [
        str(cell["shown"]).startswith(("$", "−$", "-$"))
        for cell in (table["rows"][0][1] if table["rows"] else [])
    ]
    for words, cells in table["rows"]:
        rows.append(
            [plain(words)]
            + [
                ""
                if cell["number"] is None
                # dollars for the spreadsheet's sums; nothing here computes with them
                else cell["number"] / 100
                if money
                else cell["number"]
                for cell, money in zip(cells, is_money, strict=True)
            ]
        )
    note_export(request, Term, len(rows))
    return csv_response(rows, f"members-{table['key']}-{on:%Y-%m-%d}")


PAGES = [
    AdminPage(
        "reports",
        reports_view,
        route="reports/",
        permission="",
        may=lambda request, _: may_see_people(request.user) or may_see_money(request.user),
        label="Reports",
    )
]
