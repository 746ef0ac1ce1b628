"""Letters about gifts among the staff's pages: the list, January's button, and what is to be
printed.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseRedirect

from membership.giving import corrections, statements_pdf, statements_run
from membership.giving.totals import totals_of
from membership.models import Statement, StatementRun
from nsca.lib.desk.base import Desk, Tool, money_column
from nsca.lib.desk.exports import note_download
from nsca.lib.secrets import codes
from nsca.lib.timing import day_of

MAY_RUN = "membership.add_statement"
FIRST_YEAR = 1976
RUNS_SHOWN = 10
MOST_TO_PRINT = 1_000  # letters in one PDF
LOOK_AGAIN = 5  # seconds, while a run is under way


class ToPrintFilter(admin.SimpleListFilter):
    """Letters without an address that nobody has printed yet."""

    title = "on paper"
    parameter_name = "paper"

    def lookups(self, request, model_admin):
        return [("print", "to be printed")]

    def queryset(self, request, queryset):
        return to_print(queryset) if self.value() == "print" else queryset


class HoldsFilter(admin.SimpleListFilter):
    title = "holds"
    parameter_name = "holds"

    def lookups(self, request, model_admin):
        return [("yes", "holds"), ("no", "replaced")]

    def queryset(self, request, queryset):
        if self.value() in ("yes", "no"):
            return queryset.filter(replaced_by__isnull=self.value() == "yes")
        return queryset


def to_print(queryset):
    """What is to go out by post: it holds, was not mailed, and was not printed. Of people who were
    forgotten nothing is left to print.
    """
    return queryset.filter(mailed_at=None, printed_at=None, replaced_by=None).exclude(sha256="")


class RunForm(forms.Form):
    """January's button. Without an EIN somebody must have read what that means."""

    year = forms.IntegerField(widget=forms.HiddenInput)
    knows = forms.BooleanField(
        label="Write them without a word of taxes", required=False,
        help_text="No EIN is set, so these letters thank and list, and are no tax letters.",
    )  # fmt: skip


@admin.register(Statement)
class StatementAdmin(Desk):
    """Read only: a letter that is out is never edited, only corrected by another."""

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
            Tool("Statements of a year", self.url("run")),
            Tool("Letters to print", self.url("print")),
        ]

    def tools(self, request, obj):
        tools = [Tool("The letter", obj.url)]
        if request.user.has_perm(MAY_RUN) and not corrections.is_replaced(obj):
            tools.append(Tool("Look whether it is still true", self.url("correct", obj.pk)))
        return tools

    def _may(self, request):
        if not request.user.has_perm(MAY_RUN):
            raise PermissionDenied

    def run_view(self, request):
        """?year= says which; else the last that is over."""
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
            form.add_error("knows", "Enter the EIN in the settings first, or tick this.")
        runs = list(StatementRun.objects.select_related("asked_by")[:RUNS_SHOWN])
        response = self.page(
            request,
            "admin/membership/statement/run.html",
            title=f"Statements of {year}",
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
            self.message_user(request, f"{year} is being written already.", messages.WARNING)
        else:
            self.message_user(
                request,
                f"The statements of {year} are being written, for {run.givers} givers. You may "
                "close this page.",
                messages.SUCCESS,
            )
        return HttpResponseRedirect(f"{self.url('run')}?year={year}")

    def print_view(self, request):
        """What is to be printed, as one PDF; then somebody says that it was."""
        self._may(request)
        letters = to_print(Statement.objects).order_by("pk")[:MOST_TO_PRINT]
        last = max((letter.pk for letter in letters.only("pk")), default=0)
        if request.method != "POST":
            return self.page(
                request,
                "admin/membership/statement/print.html",
                title="Letters to print",
                count=len(letters),
                last=last,
            )
        upto = codes.primary_key(request.POST.get("upto"))
        count = to_print(Statement.objects).filter(pk__lte=upto).update(printed_at=request.now)
        self.message_user(request, f"{count} letters are noted as printed.", messages.SUCCESS)
        return HttpResponseRedirect(self.url("print"))

    def letters_view(self, request):
        self._may(request)
        letters = list(to_print(Statement.objects).order_by("pk")[:MOST_TO_PRINT])
        if not letters:
            raise Http404
        return self.proven_download(
            request,
            lambda: self._letters_pdf(request, letters),
            title="Letters to print",
            words=[f"{len(letters)} letters, with names, postal addresses and gifts."],
            button="Make the file",
        )

    @staticmethod
    def _letters_pdf(request, letters):
        note_download(request, "letters about gifts", len(letters))
        return HttpResponse(statements_pdf.draw(letters), content_type="application/pdf")

    def correct_view(self, request, object_id):
        self._may(request)
        letter = self.get_or_404(request, object_id, permission="view")
        if request.method != "POST":
            return self.act_page(
                request,
                letter,
                title="Look whether it is still true",
                words=[
                    "Where money went back since, another letter is written that names this one, "
                    "and mailed. Where nothing changed, nothing happens.",
                ],
                button="Look",
            )
        written = corrections.correct(letter, at=request.now)
        if written is None:
            return self.done(request, letter, "It is still true.")
        return self.done(
            request, letter, f"No. {written.number} replaces it.",
            url=self.url("change", written.pk),
        )  # fmt: skip
