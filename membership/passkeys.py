"""Passkeys: a quicker way in than a code, for whoever likes them."""

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.forms import _BaseAddWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView
from django import forms
from django.contrib import messages
from django.shortcuts import redirect


class SecondFactorStage(AuthenticateStage):
    """A member's passkey is a quicker way in, not a second lock: who loses the telephone still
    has the mailbox. Staff, and whoever set up an authenticator, are asked for both.
    """

    def _should_handle(self, request) -> bool:
        user = self.login.user
        if user is not None and not user.is_staff:
            has_app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
            if not has_app.exists():
                return False
        return super()._should_handle(request)


class PasskeyForm(_BaseAddWebAuthnForm):
    name = forms.CharField(
        label="What to call it",
        max_length=60,
        required=False,
        help_text="“My telephone”: so that you can tell it from others.",
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
    """The device keeps the whole key and asks for its owner, so it signs in by itself."""

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
            return super().form_valid(form)  # with recovery codes: for them it is a second factor
        auth.WebAuthn.add(user, form.cleaned_data["name"], form.cleaned_data["credential"])
        get_adapter(self.request).send_notification_mail("mfa/email/webauthn_added", user)
        messages.success(self.request, "Your passkey is made. Next time it signs you in.")
        return redirect("mfa_list_webauthn")
