"""Admin pages of mailings: write, preview, test and send."""

from csp.constants import SELF
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect

from membership.mailings import known as mailings_known
from membership.mailings import mailings
from membership.mailings.rendering import TEST, post, rendered
from membership.mailings.sending import progress
from membership.models import Mailing, MembershipStatus
from nsca.lib.desk.base import BaseAdmin, Tool
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.secrets.codes import primary_key

# An e-mail has inline styles; it may run no scripts and send no forms.
OF_A_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
SHOWN = 12  # people to choose from in a preview
State = Mailing.State


class MailingForm(forms.ModelForm):
    statuses = forms.MultipleChoiceField(
        label="Member status",
        choices=MembershipStatus.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Leave all unchecked for everybody.",
    )
    came_to = forms.ChoiceField(
        label="Attended", required=False, help_text="Only people who were there."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "came_to" in self.fields:
            self.fields["came_to"].choices = [("", "any event or none"), *self.occasions()]

    def clean_subject(self):
        return " ".join(self.cleaned_data["subject"].split())

    def clean(self):
        data = super().clean()
        if data.get("about") == Mailing.About.MEMBERSHIP:
            strangers = {MembershipStatus.PROSPECT, MembershipStatus.ENDED} & set(
                data.get("statuses", [])
            )
            if strangers:
                self.add_error(
                    "statuses",
                    "People who aren’t members can’t get e-mail about membership. Uncheck them, "
                    "or choose news, which goes to those who asked for it.",
                )
        return data


class CountForm(forms.Form):
    """Staff type the number of e-mails to confirm."""

    typed = forms.IntegerField(
        label="Number of e-mails",
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Type the number above, so nobody e-mails everybody by mistake.",
    )


@admin.register(Mailing)
class MailingAdmin(BaseAdmin):
    holds_money = True  # what was sent is kept
    form = MailingForm
    list_display = ["subject", "about", "state", "created_at", "created_by"]
    list_filter = ["state", "about"]
    search_fields = ["subject"]
    list_select_related = ["created_by"]
    fieldsets = [
        (None, {"fields": ["about", "subject", "body"]}),
        (
            "Recipients",
            {
                "fields": ["statuses", "tiers", "cities", "expired_since", "came_to"],
                "description": "People must match everything you choose: in grace, Family level "
                "and Toulon as a favorite city. People we may not e-mail are left out "
                "automatically.",
            },
        ),
    ]

    # --- the form -------------------------------------------------------------------------------

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        for name in {"tiers", "cities"} & {*form.base_fields}:
            form.base_fields[name].widget.can_add_related = False  # nobody makes a city here
        known = staticmethod(lambda: mailings_known.occasions(at=request.now))
        return type(form.__name__, (form,), {"occasions": known})

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request, obj=None):
        is_open = obj is None or obj.may_be_changed
        return is_open and super().has_change_permission(request, obj)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_by, obj.created_at = request.user, request.now
        super().save_model(request, obj, form, change)

    def may_send(self, request) -> bool:
        return super().has_change_permission(request)

    def get_urls(self):
        pages = ("preview", "mail", "test", "send", "progress", "stop", "take_back")
        own = [
            self.own_path(f"<int:object_id>/{name}/", getattr(self, f"{name}_view"), name)
            for name in pages
        ]
        return [*own, *super().get_urls()]

    def tools(self, request, obj):
        found = [Tool("Preview", self.url("preview", obj.pk))]
        if obj.state in (State.DRAFT, State.READING) and self.may_send(request):
            found.append(Tool("Send me a test", self.url("test", obj.pk)))
            found.append(Tool("Send", self.url("send", obj.pk)))
        if obj.state == State.READING and self.may_send(request):
            found.append(Tool("Back to draft", self.url("take_back", obj.pk)))
        if obj.begun_at:
            found.append(Tool("Progress", self.url("progress", obj.pk)))
        if obj.state == State.SENDING and self.may_send(request):
            found.append(Tool("Stop now", self.url("stop", obj.pk)))
        return found

    def _of(self, request, object_id, *, to_send=False) -> Mailing:
        mailing = self.get_or_404(request, object_id, permission="view")
        if to_send and not self.may_send(request):
            raise PermissionDenied
        return mailing

    # --- looking at it --------------------------------------------------------------------------

    def _readers(self, request, mailing):
        """Who gets it, or got it, as (primary key, name, address), in order."""
        if mailing.begun_at:
            rows = mailing.recipients.values_list("person", "name", "email")
        else:
            rows = [
                (each.person, each.name, each.email)
                for each in mailings.choose(mailing, at=request.now).readers
            ]
        return [row for row in rows if row[0]]

    def preview_view(self, request, object_id):
        mailing = self._of(request, object_id)
        readers = self._readers(request, mailing)
        asked = request.GET.get("q", "").strip().lower()
        found = [row for row in readers if asked in row[1].lower()][:SHOWN]
        chosen = primary_key(request.GET.get("person"))
        reader = next((row for row in readers if row[0] == chosen), None) or next(
            iter(found or readers), (0, "", request.user.email)
        )
        response = self.page(
            request,
            "admin/membership/mailing/preview.html",
            obj=mailing,
            title="Preview",
            reader=reader,
            found=found,
            asked=asked,
            mail=rendered(mailing, name=reader[1], token=TEST),
            mail_url=f"{self.url('mail', mailing.pk)}?person={reader[0]}",
        )
        response._csp_update = {"frame-src": [SELF]}
        return response

    def mail_view(self, request, object_id):
        """Show the HTML part alone, as an e-mail program would."""
        mailing = self._of(request, object_id)
        chosen = primary_key(request.GET.get("person"))
        name = next((row[1] for row in self._readers(request, mailing) if row[0] == chosen), "")
        response = HttpResponse(rendered(mailing, name=name, token=TEST).html)
        response.headers["Content-Security-Policy"] = OF_A_MAIL
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    def test_view(self, request, object_id):
        mailing = self._of(request, object_id, to_send=True)
        if request.method != "POST":
            return self.act_page(
                request,
                mailing,
                title="Send me a test",
                words=[
                    f"We’ll e-mail it to {request.user.email} as its readers will get it, with "
                    "“Test:” before the subject. Nobody else gets anything."
                ],
                button="Send me the test",
            )
        post(
            mailing,
            to=request.user.email,
            name=request.user.get_full_name() if request.user.name else "",
            token=TEST,
            is_test=True,
        )
        Mailing.objects.filter(pk=mailing.pk).update(tested_at=request.now)
        return self.done(request, mailing, "A test e-mail is on its way to you.")

    # --- sending it off -------------------------------------------------------------------------

    def send_view(self, request, object_id):
        mailing = self._of(request, object_id, to_send=True)
        if mailing.state not in (State.DRAFT, State.READING):
            return HttpResponseRedirect(self.url("progress", mailing.pk))
        chosen = mailings.choose(mailing, at=request.now)
        form = CountForm(request.POST or None) if chosen.is_typed else None
        refusal = ""
        if request.method == "POST" and (form is None or form.is_valid()):
            typed = form.cleaned_data["typed"] if form else None
            try:
                mailing = mailings.send_off(mailing, typed=typed, by=request.user, at=request.now)
            except mailings.Counted as no:
                form.add_error("typed", str(no))
            except mailings.CannotSend as no:
                refusal = str(no)
            else:
                return self._sent_off(request, mailing, chosen.count)
        is_refused = bool(refusal) or (form is not None and bool(form.errors))
        return self.page(
            request,
            "admin/membership/mailing/send.html",
            obj=mailing,
            title="Send",
            chosen=chosen,
            form=form,
            refusal=refusal or mailings.refusal(mailing),
            is_tested=mailing.tested_at is not None,
            is_read_first=mailings_known.needs_a_reader(request.user, request.now),
            has_address=bool(letterhead().postal_address.strip()),
            status=422 if is_refused else 200,
        )

    def _sent_off(self, request, mailing, count: int):
        if mailing.state == State.READING:
            return self.done(
                request,
                mailing,
                "Waiting for a colleague with venue access. While a venue is sealed, they read "
                "each mailing before it goes out.",
            )
        return self.done(
            request,
            mailing,
            f"Sending to {count}.",
            url=self.url("progress", mailing.pk),
        )

    def take_back_view(self, request, object_id):
        mailing = self._of(request, object_id, to_send=True)
        if request.method != "POST":
            return self.act_page(
                request,
                mailing,
                title="Back to draft",
                words=["You can edit it again. Nothing has been sent."],
                button="Back to draft",
            )
        mailings.take_back(mailing)
        return self.done(request, mailing, "This is a draft again.")

    # --- on its way -----------------------------------------------------------------------------

    def progress_view(self, request, object_id):
        mailing = self._of(request, object_id)
        far = progress(mailing)
        total = sum(far.values())
        return self.page(
            request,
            "admin/membership/mailing/progress.html",
            obj=mailing,
            title="Progress",
            far=far,
            total=total,
            done_of=total - far["waiting"],
            is_sending=mailing.state == State.SENDING,
            is_busy=mailing.state == State.SENDING and mailings_known.is_busy(request.now),
            stop_url=self.url("stop", mailing.pk) if self.may_send(request) else "",
            recipients=mailing.recipients.exclude(state="handed").order_by("state", "pk")[:50],
        )

    def stop_view(self, request, object_id):
        mailing = self._of(request, object_id, to_send=True)
        if mailing.state != State.SENDING:
            return HttpResponseRedirect(self.url("progress", mailing.pk))
        if request.method != "POST":
            far = progress(mailing)
            return self.act_page(
                request,
                mailing,
                title="Stop now",
                words=[
                    f"{far['handed']} are sent, though a few of them may still be in the outbox. "
                    f"The other {far['waiting']} won’t be sent.",
                    "A stopped mailing can’t be restarted. Write a new one to the rest.",
                ],
                button="Stop now",
                is_grave=True,
            )
        dropped = mailings.stop(
            mailing, because=f"By {request.user.get_full_name()}.", at=request.now
        )
        self.message_user(request, "Stopped.", messages.WARNING)
        return self.done(
            request,
            mailing,
            f"Stopped. Not sent: {dropped}.",
            url=self.url("progress", mailing.pk),
        )
