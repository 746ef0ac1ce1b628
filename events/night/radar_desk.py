"""The radar's page: its last report, how far a walk is, and the button that asks for one."""

from django.http import HttpResponseRedirect

from events.night import findings, radar
from events.night.control_desk import SEE
from membership import again
from nsca.lib.desk.pages import AdminPage
from nsca.lib.sealing import SealingError

PROGRESS_EVERY = 5  # seconds


def _read(event, report):
    walked = findings.walked(report) if report else findings.Walked()
    return walked, findings.noted(event), ""


def radar_view(model_admin, request, event):
    """For those with the permission alone: what leaks is a hint at the place."""
    asking = again.ask(request) if request.method == "POST" else None
    if request.method == "POST" and asking is None and event.is_secret:
        radar.ask(event, by=request.user, at=request.now)
        model_admin.message_user(request, "The radar is on its way round the site.")
        return HttpResponseRedirect(model_admin.url("radar", event.pk))
    report = radar.last_report(event)
    is_under_way = report is not None and report.state in (
        radar.State.QUEUED,
        radar.State.RUNNING,
    )
    try:
        walked, loose, lost = _read(event, report)
    except SealingError as error:
        walked, loose, lost = findings.Walked(), [], str(error)
    response = model_admin.page(
        request,
        "admin/events/event/radar.html",
        obj=event,
        title="Leak radar",
        asking=asking,
        report=report,
        is_under_way=is_under_way,
        pause=PROGRESS_EVERY if is_under_way and asking is None else 0,
        walked=walked,
        findings=walked.in_order,
        loose=loose,
        lost=lost,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


PAGES = [
    AdminPage(
        "radar",
        radar_view,
        permission="view",
        needs=(SEE,),
        label="Leak radar",
        shows=lambda request, event: event.is_secret and not event.is_cancelled,
    )
]
