"""Admin pages of gift statements: the list, a year's statements, and what to print."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseRedirect

from membership.giving import corrections, statements_pdf, statements_run
from membership.giving.totals import totals_of
from membership.models import Statement, StatementRun
from nsca.lib.desk.base import BaseAdmin, Tool, money_column
from nsca.lib.desk.exports import note_download
from nsca.lib.secrets import codes
from nsca.lib.timing import day_of

MAY_RUN = "membership.add_statement"
FIRST_YEAR = 1976
RUNS_SHOWN = 10
MOST_TO_PRINT = 1_000  # statements in one PDF
LOOK_AGAIN = 5  # seconds, while a run is under way


class ToPrintFilter(admin.SimpleListFilter):
    """Statements without an e-mail address that nobody has printed yet."""

    title = "on paper"
    parameter_name = "paper"

    def lookups(self, request, model_admin):
        return [("print", "to print")]

    def queryset(self, request, queryset):
        return to_print(queryset) if self.value() == "print" else queryset


class HoldsFilter(admin.SimpleListFilter):
    title = "valid"
    parameter_name = "holds"

    def lookups(self, request, model_admin):
        return [("yes", "valid"), ("no", "replaced")]

    def queryset(self, request, queryset):
        if self.value() in ("yes", "no"):
            return queryset.filter(replaced_by__isnull=self.value() == "yes")
        return queryset


def to_print(queryset):
    """Valid statements that were neither e-mailed nor printed, except those of erased people."""
    return queryset.filter(mailed_at=None, printed_at=None, replaced_by=None).exclude(sha256="")


class RunForm(forms.Form):
    """Write a year's statements. Without an EIN, staff must confirm what that means."""

    year = forms.IntegerField(widget=forms.HiddenInput)
    knows = forms.BooleanField(
        label="Write them without tax wording", required=False,
        help_text="No EIN is set: these statements list gifts, but nobody can use them for taxes.",
    )  # fmt: skip


@admin.register(Statement)
class StatementAdmin(BaseAdmin):
    """Read-only: a statement is never edited, only replaced by a corrected one."""

    holds_money = True
    list_display = [
        "number", "kind", "year", "name", money_column("total_cents", "given"), "issued_at",
        "mailed_at", "printed_at",
    ]  # fmt: skip
    list_filter = [ToPrintFilter, HoldsFilter, "kind", "year"]
    search_fields = ["number", "name", "email"]
    fields = [
        "number", "kind", "year", "name", "email", "total_cents", "replaces", "sha256",
        "issued_at", "mailed_at", "printed_at",
    ]  # fmt: skip
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")

    def get_urls(self):
        return [
            self.own_path("run/", self.run_view, "run"),
            self.own_path("print/", self.print_view, "print"),
            self.own_path("letters.pdf", self.letters_view, "letters"),
            self.own_path("<int:object_id>/correct/", self.correct_view, "correct"),
            *super().get_urls(),
        ]

    def list_tools(self, request):
        if not request.user.has_perm(MAY_RUN):
            return super().list_tools(request)
        return [
            *super().list_tools(request),
            Tool("Statements for a year", self.url("run")),
            Tool("Statements to print", self.url("print")),
        ]

    def tools(self, request, obj):
        tools = [Tool("View the statement", obj.url)]
        if request.user.has_perm(MAY_RUN) and not corrections.is_replaced(obj):
            tools.append(Tool("Check for corrections", self.url("correct", obj.pk)))
        return tools

    def _may(self, request):
        if not request.user.has_perm(MAY_RUN):
            raise PermissionDenied

    def run_view(self, request):
        """Show or write the statements of ?year=, by default the last complete year."""
        self._may(request)
        today = day_of(request.now)
        year = codes.primary_key(request.GET.get("year")) or today.year - 1
        if not FIRST_YEAR <= year <= today.year:
            raise Http404
        form = RunForm(request.POST or None, initial={"year": year})
        preview = statements_run.preview(year)
        if request.method == "POST" and form.is_valid():
            if form.cleaned_data["year"] != year or year == today.year:
                raise Http404
            if preview.speaks_of_deductibility or form.cleaned_data["knows"]:
                return self._start(request, year)
            form.add_error("knows", "Enter the EIN under Settings first, or check this box.")
        runs = list(StatementRun.objects.select_related("asked_by")[:RUNS_SHOWN])
        response = self.page(
            request,
            "admin/membership/statement/run.html",
            title=f"Statements for {year}",
            form=form,
            year=year,
            years=range(today.year, today.year - 5, -1),
            is_over=year < today.year,
            preview=preview,
            totals=totals_of(year),
            runs=runs,
            is_running=any(run.year == year and run.done_at is None for run in runs),
            paper=to_print(Statement.objects).count(),
            status=422 if form.errors else 200,
        )
        if any(run.done_at is None for run in runs) and request.method == "GET":
            response.headers["Refresh"] = str(LOOK_AGAIN)
        return response

    def _start(self, request, year: int):
        try:
            run = statements_run.start(year, by=request.user, at=request.now)
        except IntegrityError:
            self.message_user(
                request, f"The {year} statements are already being written.", messages.WARNING
            )
        else:
            self.message_user(
                request,
                f"Writing the {year} statements for {run.givers} givers. You can close this page.",
                messages.SUCCESS,
            )
        return HttpResponseRedirect(f"{self.url('run')}?year={year}")

    def print_view(self, request):
        """Offer what is to print as one PDF, then let staff mark it as printed."""
        self._may(request)
        issued = to_print(Statement.objects).order_by("pk")[:MOST_TO_PRINT]
        last = max((statement.pk for statement in issued.only("pk")), default=0)
        if request.method != "POST":
            return self.page(
                request,
                "admin/membership/statement/print.html",
                title="Statements to print",
                count=len(issued),
                last=last,
            )
        upto = codes.primary_key(request.POST.get("upto"))
        count = to_print(Statement.objects).filter(pk__lte=upto).update(printed_at=request.now)
        self.message_user(request, f"Marked as printed: {count}.", messages.SUCCESS)
        return HttpResponseRedirect(self.url("print"))

    def letters_view(self, request):
        self._may(request)
        issued = list(to_print(Statement.objects).order_by("pk")[:MOST_TO_PRINT])
        if not issued:
            raise Http404
        return self.proven_download(
            request,
            lambda: self._letters_pdf(request, issued),
            title="Statements to print",
            words=[f"{len(issued)} statements, with names, postal addresses and gifts."],
            button="Download the PDF",
        )

    @staticmethod
    def _letters_pdf(request, issued):
        note_download(request, "gift statements", len(issued))
        return HttpResponse(statements_pdf.draw(issued), content_type="application/pdf")

    def correct_view(self, request, object_id):
        self._may(request)
        statement = self.get_or_404(request, object_id, permission="view")
        if request.method != "POST":
            return self.act_page(
                request,
                statement,
                title="Check for corrections",
                words=[
                    "If any of this money was refunded, we write and send a corrected statement "
                    "that replaces this one. If nothing changed, nothing happens.",
                ],
                button="Check",
            )
        written = corrections.correct(statement, at=request.now)
        if written is None:
            return self.done(request, statement, "Nothing has changed.")
        return self.done(
            request, statement, f"No. {written.number} replaces it.",
            url=self.url("change", written.pk),
        )  # fmt: skip
