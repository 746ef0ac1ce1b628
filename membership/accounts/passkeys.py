"""Passkeys: an optional way in, quicker than a code."""

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView
from django import forms
from django.contrib import messages
from django.shortcuts import redirect


class SecondFactorStage(AuthenticateStage):
    """Asks staff, and users with an authenticator app, for a second factor after the code.

    A member's passkey is a quicker way in, not a second lock: a lost phone leaves the mailbox.
    """

    def handle(self) -> tuple:
        user = self.login.user
        if user is not None and not user.is_staff:
            has_app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
            if not has_app.exists():
                return None, True
        return super().handle()


class PasskeyForm(AddWebAuthnForm):
    passwordless = None  # no question: all our passkeys are
    name = forms.CharField(
        label="Name",
        max_length=60,
        required=False,
        help_text="For example “My phone”, to tell it from your other passkeys.",
    )

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {**(kwargs.get("initial") or {}), "name": ""}
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        return self.cleaned_data["name"].strip() or "Passkey"

    def clean(self) -> dict:
        self.cleaned_data["passwordless"] = True  # the device must have asked for its owner
        return super().clean()


class AddPasskeyView(AddWebAuthnView):
    """The device stores the whole key and verifies its owner, so it can sign in alone."""

    form_class = PasskeyForm

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        options = context["js_data"]["creation_options"]["publicKey"]
        options["authenticatorSelection"] |= {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        }
        return context

    def form_valid(self, form):
        user = self.request.user
        if user.is_staff:
            return super().form_valid(form)  # with recovery codes: for staff it is a second factor
        data = {name: form.cleaned_data[name] for name in ("name", "credential")}
        Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)
        get_adapter(self.request).send_notification_mail("mfa/email/webauthn_added", user)
        messages.success(self.request, "Passkey added. Use it next time you sign in.")
        return redirect("mfa_list_webauthn")


def asked_of_a_passkey(request) -> dict:
    """The WebAuthn request for a fresh proof; the session keeps its challenge."""
    view = ReauthenticateWebAuthnView()
    view.setup(request)
    return view.get_context_data()["js_data"]["request_options"]
