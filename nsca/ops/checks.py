"""Production refuses to start unsafe. Each refusal is one sentence that says what to set."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from nsca.ops.backup_keys import KeyUnusable, recipients


@register(Tags.security)
def starts_safe(app_configs, **kwargs):
    """Checks for real guests and real money: none of them with DEBUG or DEMO."""
    if settings.DEBUG or settings.DEMO:
        return []
    return [
        Error(text, id=f"nsca.E{number:03d}") for number, text in enumerate(_dangers(), 1) if text
    ]


@register(Tags.security)
def backups_are_encrypted(app_configs, **kwargs):
    """An invalid key is an error; a missing one is a warning."""
    try:
        is_set = bool(recipients())
    except KeyUnusable as wrong:
        return [Error(str(wrong), id="nsca.E020")]
    if is_set or settings.DEBUG or settings.DEMO:
        return []
    return [
        Warning(
            "Backups are not encrypted: set BACKUP_PUBLIC_KEY (docs/deployment.md, Backups).",
            id="nsca.W001",
        )
    ]


def _dangers():
    key = settings.SECRET_KEY
    yield (
        "SECRET_KEY is missing, known or short: set one of at least 50 random characters."
        if key.startswith("insecure") or len(key) < 50 or len(set(key)) < 10
        else ""
    )
    yield (
        ""
        if settings.STRIPE_SECRET_KEY
        else "STRIPE_SECRET_KEY is missing: pretend payments are for demonstrations."
    )
    yield (
        ""
        if settings.STRIPE_WEBHOOK_SECRET
        else "STRIPE_WEBHOOK_SECRET is missing: payments could be forged."
    )
    yield (
        "STRIPE_API_BASE is for tests with test keys only: unset it."
        if settings.STRIPE_API_BASE
        and not settings.STRIPE_SECRET_KEY.startswith(("sk_test_", "rk_test_"))
        else ""
    )
    yield (
        "EMAIL_URL is missing or writes e-mail to a file or the console: set smtp://… or an ESP."
        if any(
            word in settings.OUTGOING_EMAIL_BACKEND
            for word in ("console", "filebased", "dummy", "locmem")
        )
        else ""
    )
    yield "" if settings.IS_HTTPS else "SITE_URL must begin with https://."
    yield (
        "ALLOWED_HOSTS must name the site's host, not *." if "*" in settings.ALLOWED_HOSTS else ""
    )
