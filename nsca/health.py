"""Two answers for machines: alive, and ready."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from post_office.models import STATUS, Email

from nsca.lib.engines import SQLITE_OPTIONS
from pages.models import Heartbeat

MAIL_MAY_WAIT = timedelta(minutes=15)
TICKER_MAY_REST = timedelta(minutes=3)


def alive(request):
    """The process answers. Touches nothing that can be slow."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request):
    """Everything the site stands on, each with "ok" or what is wrong; 503 where visitors would
    notice.

    Late mail and a silent ticker are said but leave the site ready: pages keep every promise
    without them.
    """
    findings = {"database": _database(), "cache": _cache()}
    is_ready = all(finding == "ok" for finding in findings.values())
    if findings["database"] == "ok":
        findings["mail"] = _mail(request.now)
        findings["ticker"] = _ticker(request.now)
    return JsonResponse({"ready": is_ready, **findings}, status=200 if is_ready else 503)


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
                return "this SQLite must not keep a write-ahead log (see docs/deployment.md)"
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
        return type(error).__name__
    return "ok"


def _cache() -> str:
    try:
        cache.set("ready", "yes", 10)
        return "ok" if cache.get("ready") == "yes" else "does not keep what it is given"
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
        return f"the oldest mail has waited {minutes} minutes"
    return "ok"


def _ticker(at) -> str:
    beat = Heartbeat.objects.filter(name="ticker").first()
    if beat is None:
        return "has never run" if not settings.DEBUG else "ok"
    if beat.beat_at < at - TICKER_MAY_REST:
        return f"silent for {int((at - beat.beat_at).total_seconds() // 60)} minutes"
    return "ok"
