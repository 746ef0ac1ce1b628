"""Two answers for machines: alive, and ready."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from post_office.models import STATUS, Email

from events.night.preflight import Trouble
from nsca.lib import clock
from nsca.lib.db.sqlite import SQLITE_OPTIONS
from nsca.lib.models import Heartbeat
from nsca.lib.timing import exactly
from nsca.lib.web.caching import keep_a_moment, kept_a_moment, recent_content_version
from orders.payments import outage

MAIL_MAY_WAIT = timedelta(minutes=15)
TICKER_MAY_REST = timedelta(minutes=3)
SILENT_FROM, SILENT_UNTIL = "ticker-silent-from", "ticker-silent-until"  # heartbeats: its last gap
LOOKED_BACK = timedelta(days=1)
LOOKED_AT_EVERY = timedelta(seconds=10)
VITAL = ("database", "cache")
LOOPBACK = ("127.0.0.1", "::1")
NOT_ENCRYPTED = "not encrypted: set BACKUP_PUBLIC_KEY"
CLOCK_MAY_BE_OFF = timedelta(seconds=2)


def alive(request):
    """The process answers. Touches nothing that can be slow."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request):
    """Whether the site can serve, 200 or 503.

    With READYZ_TOKEN, or from this very machine, it lists what the site depends on, each with "ok"
    or what is wrong. Late e-mail, a silent ticker and unavailable payments are reported, but the
    site stays ready: its pages keep every promise without them. Checked once in LOOKED_AT_EVERY,
    however often it is asked.
    """
    findings = kept_a_moment("ready", at=request.now)
    if findings is None:
        version, findings = recent_content_version(), _findings(request.now)
        until = request.now + LOOKED_AT_EVERY
        keep_a_moment("ready", findings, version=version, at=request.now, until=until)
    is_ready = all(findings[name] == "ok" for name in VITAL)
    details = findings if _may_read_details(request) else {}
    return JsonResponse({"ready": is_ready, **details}, status=200 if is_ready else 503)


def _may_read_details(request) -> bool:
    """Strangers must not learn what is wrong with a site.

    The proxy names each visitor in X-Forwarded-For; a request without it came straight to us.
    """
    token, said = settings.READYZ_TOKEN, request.headers.get("Authorization", "")
    if token and constant_time_compare(said, f"Bearer {token}"):
        return True
    return "X-Forwarded-For" not in request.headers and request.META.get("REMOTE_ADDR") in LOOPBACK


def _findings(at) -> dict[str, str]:
    findings = {"database": _database(), "cache": _cache()}
    if findings["database"] == "ok":
        findings["mail"] = _mail(at)
        findings["ticker"] = _ticker(at)
        findings["payments"] = _payments(at)
    if not (settings.DEBUG or settings.DEMO):
        findings["backups"] = "ok" if settings.BACKUP_PUBLIC_KEY else NOT_ENCRYPTED
    return findings


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if pending:
            return f"{len(pending)} migrations are not applied"
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
            if mode == "wal" and "journal_mode=WAL" not in SQLITE_OPTIONS["init_command"]:
                return "this SQLite must not use a write-ahead log (see docs/deployment.md)"
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
        return type(error).__name__
    return "ok"


def _cache() -> str:
    try:
        cache.set("ready", "yes", 10)
        return "ok" if cache.get("ready") == "yes" else "loses what it stores"
    except Exception as error:  # noqa: BLE001
        return type(error).__name__


def _mail(at) -> str:
    oldest = (
        Email.objects.filter(status__in=(STATUS.queued, STATUS.requeued))
        .order_by("created")
        .first()
    )
    if oldest and oldest.created < at - MAIL_MAY_WAIT:
        minutes = int((at - oldest.created).total_seconds() // 60)
        return f"the oldest e-mail has waited {minutes} minutes"
    return "ok"


def _ticker(at) -> str:
    if not Heartbeat.objects.filter(name="ticker").exists():
        return "has never run" if not settings.DEBUG else "ok"
    rest = ticker_rests_for(at)
    return "ok" if rest is None else f"silent for {int(rest.total_seconds() // 60)} minutes"


def _payments(at) -> str:
    down = outage.current(at=at)
    return f"{down.words}, since {exactly(down.since)}" if down else "ok"


def ticker_rests_for(at) -> timedelta | None:
    """How long the ticker has been silent at an instant (UTC), if too long; else None."""
    beat = Heartbeat.objects.filter(name="ticker").first()
    too_long = beat is not None and beat.beat_at < at - TICKER_MAY_REST
    return at - beat.beat_at if too_long else None


# --- For people: what would go wrong at the next reveal ------------------------------------------


def troubles(event, at) -> list[Trouble]:
    """What would delay the e-mails of a reveal, in sentences, for the pre-flight."""
    return [*_silence(at), *_late_mail(at), *_clock()]


def _silence(at):
    said = _ticker(at)
    if said != "ok":
        said = said if said.startswith("has") else f"is {said}"
        yield Trouble(
            f"The ticker, which sends e-mails, {said}. Pages still open, but no e-mail is sent. "
            "Call your technical contact.",
            is_grave=True,
        )
    gap = dict(
        Heartbeat.objects.filter(name__in=(SILENT_FROM, SILENT_UNTIL)).values_list(
            "name", "beat_at"
        )
    )
    if len(gap) == 2 and gap[SILENT_UNTIL] > at - LOOKED_BACK:
        yield Trouble(
            "The ticker, which sends e-mails, was silent from "
            f"{exactly(gap[SILENT_FROM])} to {exactly(gap[SILENT_UNTIL])}. If that happens at the "
            "reveal, e-mails will be late. Ask your technical contact why."
        )


def _late_mail(at):
    waiting = Email.objects.filter(
        status__in=(STATUS.queued, STATUS.requeued), created__lt=at - MAIL_MAY_WAIT
    ).count()
    if waiting:
        have = "has" if waiting == 1 else "have"
        yield Trouble(
            f"The outbox is behind: {waiting} {'e-mail' if waiting == 1 else 'e-mails'} {have} "
            f"waited for more than {MAIL_MAY_WAIT.seconds // 60} minutes.",
            is_grave=True,
            of="outbox",
        )
    refused = Email.objects.filter(status=STATUS.failed, last_updated__gt=at - LOOKED_BACK).count()
    if refused:
        yield Trouble(
            f"{refused} {'e-mail' if refused == 1 else 'e-mails'} could not be delivered since "
            "yesterday. Check the addresses in the outbox.",
            of="outbox",
        )


def _clock():
    off = clock.ahead_of_the_database(connection)
    if abs(off) > CLOCK_MAY_BE_OFF:
        way = "ahead of" if off > timedelta(0) else "behind"
        yield Trouble(
            f"The server's clock is {abs(off).total_seconds():.0f} seconds {way} the database's. "
            "The reveal follows the server's clock. Have both clocks synchronized.",
            is_grave=True,
        )
    if clock.is_kept_in_time() is False:
        yield Trouble(
            "The server's clock is not synchronized (NTP), and the reveal follows it. Ask your "
            "technical contact."
        )
