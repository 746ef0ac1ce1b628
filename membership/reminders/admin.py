"""Reminders in the admin: what was sent to whom, and letters to print."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect

from membership.models import Reminder, Rules
from membership.reminders import paper as reminder_paper
from nsca.lib.desk.base import BaseAdmin, Tool
from nsca.lib.desk.exports import note_download
from nsca.lib.secrets import codes
from nsca.lib.text.counting import counted

MAY_PRINT = "membership.change_term"
AT_ONCE = 100  # letters in one file; the rest follow once these are marked as printed


class PrintedForm(forms.Form):
    """The last row in the file, so that later ones are not marked as printed."""

    upto = forms.CharField(widget=forms.HiddenInput)

    def clean_upto(self):
        return codes.primary_key(self.cleaned_data["upto"]) or 0


@admin.register(Reminder)
class ReminderAdmin(BaseAdmin):
    """Read only. The site sends each reminder once."""

    holds_money = True
    list_display = ["at", "household", "level", "step", "way", "person", "why_not", "printed_at"]
    list_filter = ["way", "step"]
    search_fields = ["term__household__name", "person__name", "person__email"]
    list_select_related = ["term__household", "term__tier", "person"]
    fields = ["at", "household", "level", "step", "way", "person", "why_not", "printed_at"]
    readonly_fields = fields

    @admin.display(ordering="term__household__name")
    def household(self, row):
        return row.term.household

    @admin.display(ordering="term__tier")
    def level(self, row):
        return row.term.tier

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        return [
            self.own_path("letters/", self.letters_view, "letters"),
            self.own_path("letters/printed/", self.printed_view, "printed"),
            *super().get_urls(),
        ]

    def list_tools(self, request):
        tools = list(super().list_tools(request))
        if request.user.has_perm(MAY_PRINT):
            count = self._waiting().count()
            tools.append(Tool(f"Letters to print ({count})", self.url("letters")))
        return tools

    @staticmethod
    def _waiting():
        rows = Reminder.objects.filter(way=Reminder.Way.LETTER, printed_at=None).order_by("pk")
        return rows.select_related("term__household", "term__tier", "person", "link")

    def letters_view(self, request):
        """Letters to print. The button makes one file and marks nothing yet."""
        if not request.user.has_perm(MAY_PRINT):
            raise PermissionDenied
        rows = list(self._waiting()[:AT_ONCE])
        asking = self.fresh_proof(request) if request.method == "POST" and rows else None
        if request.method == "POST" and rows and asking is None:
            note_download(request, "letters to members", len(rows))
            content = reminder_paper.draw(rows, rules=Rules.load(), at=request.now)
            answer = HttpResponse(content, content_type="application/pdf")
            answer["Content-Disposition"] = 'attachment; filename="letters-to-members.pdf"'
            return answer
        if not rows:
            words = ["No letters to print. People with an e-mail address get reminders by e-mail."]
        else:
            words = [
                f"{counted(len(rows), 'letter')} to people without a working e-mail address, one "
                "page each, with a QR code to renew.",
                ", ".join(f"{row.person} ({row.get_step_display()})" for row in rows) + ".",
                "First create the file and print it. Then mark the letters as printed below to "
                "remove them from this list.",
            ]
        return self.page(
            request,
            "admin/membership/letters.html",
            title="Letters to print",
            words=words,
            rows=rows,
            asking=asking,
            form=PrintedForm(initial={"upto": rows[-1].pk}) if rows else None,
            printed_url=self.url("printed"),
        )

    def printed_view(self, request):
        """Mark letters as printed, by a POST from the page above."""
        if not request.user.has_perm(MAY_PRINT):
            raise PermissionDenied
        form = PrintedForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            upto = form.cleaned_data["upto"]
            done = self._waiting().filter(pk__lte=upto).order_by()
            count = Reminder.objects.filter(pk__in=done.values("pk")).update(
                printed_at=request.now
            )
            self.message_user(request, f"Marked {counted(count, 'letter')} as printed.")
        return HttpResponseRedirect(self.url("letters"))
