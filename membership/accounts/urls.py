"""Our pages in place of allauth's: codes are not stored, lasting acts need a fresh proof."""

from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from membership.accounts import views_sign_in
from membership.accounts.passkeys import AddPasskeyView
from membership.accounts.views import end_session, own_sessions, sign_out
from membership.accounts.views_sign_in import proven_lately

LASTING = {
    "mfa_activate_totp": ("totp/activate/", totp.activate_totp),
    "mfa_deactivate_totp": ("totp/deactivate/", totp.deactivate_totp),
    "mfa_generate_recovery_codes": (
        "recovery-codes/generate/",
        recovery_codes.generate_recovery_codes,
    ),
    "mfa_view_recovery_codes": ("recovery-codes/", recovery_codes.view_recovery_codes),
    "mfa_download_recovery_codes": (
        "recovery-codes/download/",
        recovery_codes.download_recovery_codes,
    ),
    "mfa_add_webauthn": ("webauthn/add/", AddPasskeyView.as_view()),
    "mfa_remove_webauthn": ("webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn),
    "mfa_edit_webauthn": ("webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn),
}

urlpatterns = [
    path("login/", views_sign_in.ask, name="account_login"),
    path("login/code/", views_sign_in.ask, name="account_request_login_code"),
    path("login/code/confirm/", views_sign_in.confirm, name="account_confirm_login_code"),
    path("logout/", sign_out, name="account_logout"),
    path("sessions/", own_sessions, name="account_sessions"),
    path("sessions/end/", end_session, name="account_end_session"),
    path("reauthenticate/", views_sign_in.prove_again, name="account_reauthenticate"),
    *(
        path(f"2fa/{route}", proven_lately(view), name=name)
        for name, (route, view) in LASTING.items()
    ),
]
