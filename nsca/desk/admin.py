"""The outbox: whether an e-mail was sent, but never its text, since e-mails carry links."""

import re

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from post_office.models import STATUS, Email

from nsca.lib.desk.base import BaseAdmin, Tool

WAITING = (STATUS.queued, STATUS.requeued)
SIGN_IN_CODE = re.compile(r"\S+ is your(?= sign-in code)")  # in old rows


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("undelivered", "undelivered"), ("waiting", "waiting"), ("sent", "sent")]

    def queryset(self, request, queryset):
        states = {
            "undelivered": (STATUS.failed, *WAITING),
            "waiting": WAITING,
            "sent": (STATUS.sent,),
        }
        return (
            queryset.filter(status__in=states[self.value()])
            if self.value() in states
            else queryset
        )


@admin.register(Email)
class EmailAdmin(BaseAdmin):
    """Recipients, subject and state of an e-mail; one that failed can be sent again."""

    change_form_template = (
        "admin/change_form.html"  # not the package's own, which shows the e-mail
    )

    holds_money = True
    list_display = ["about", "recipients", "state", "created", "last_updated"]
    list_filter = [StateFilter]
    search_fields = ["to"]  # not the subject: a code could be guessed character by character
    date_hierarchy = "created"
    fields = ["about", "recipients", "state", "created", "last_updated", "trouble"]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("message", "html_message", "headers", "context")

    @admin.display(description="subject", ordering="created")
    def about(self, email):
        """The subject without a sign-in code, which staff could use within ten minutes."""
        return SIGN_IN_CODE.sub("Your", email.subject)

    @admin.display(description="to")
    def recipients(self, email):
        return ", ".join(email.to)

    def changelist_view(self, request, extra_context=None):
        # The package's own name for its table appears nowhere else.
        return super().changelist_view(request, {"title": "Outbox"} | (extra_context or {}))

    @admin.display(description="state", ordering="status")
    def state(self, email):
        return email.get_status_display() or "waiting"

    @admin.display(description="what the mail server said")
    def trouble(self, email):
        log = email.logs.order_by("-pk").first()
        return log.message if log and log.message else "–"

    def get_urls(self):
        return [
            self.own_path("<int:object_id>/again/", self.again_view, "again")
        ] + super().get_urls()

    def tools(self, request, email):
        return (
            [Tool("Try again", self.url("again", email.pk))]
            if email.status == STATUS.failed
            else []
        )

    def again_view(self, request, object_id):
        email = self.get_or_404(request, object_id, permission="view")
        if email.status != STATUS.failed:
            self.message_user(
                request, "This e-mail didn't fail, so it can't be sent again.", messages.ERROR
            )
            return HttpResponseRedirect(self.url("change", email.pk))
        if request.method != "POST":
            return self.act_page(
                request,
                email,
                title="Try again",
                words=[f"“{self.about(email)}” goes to {', '.join(email.to)} again."],
                button="Try again",
            )
        Email.objects.filter(pk=email.pk, status=STATUS.failed).update(
            status=STATUS.queued, number_of_retries=0, scheduled_time=None
        )
        return self.done(
            request, email, "The e-mail is in the outbox again.", url=self.url("changelist")
        )
