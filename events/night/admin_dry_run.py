"""The page of the dry run: a button, what it found, and earlier runs."""

from events.night import dry_run, preflight
from events.night.admin_calls import GUESTS, SEE, WATCH
from nsca.lib.desk.pages import AdminPage

SHOWN = 5  # earlier runs
NEEDS = (WATCH, SEE, GUESTS)  # it says whether there is a venue, and names guests


def dry_run_view(model_admin, request, event):
    """Ask first, then make every e-mail and say what would fail."""
    asking, result = None, None
    if request.method == "POST":
        asking = model_admin.fresh_proof(request)
        if asking is None:
            result = dry_run.run(event, by=request.user, at=request.now)
    return model_admin.page(
        request,
        "admin/events/event/dry_run.html",
        obj=event,
        title="Dry run",
        words=[
            "This makes the reveal e-mail for every ticket holder and sends none of them. One "
            f"sample goes to you at {request.user.email}; before the reveal it doesn’t show the "
            "venue.",
            "It is logged as an access to the venue.",
        ],
        form=None,
        button="Make every e-mail",
        media=model_admin.media,
        asking=asking,
        result=result,
        milliseconds=round(1000 * result.seconds / result.made) if result and result.made else 0,
        pace=preflight.pace_words(event, at=request.now) if result else "",
        runs=event.dry_runs.select_related("by")[:SHOWN],
        back_url=model_admin.url("reveal", event.pk),
    )


PAGES = [
    AdminPage(
        "dry_run",
        dry_run_view,
        permission="view",
        needs=NEEDS,
        may=lambda request, event: dry_run.is_possible(event, at=request.now),
        label="Dry run",
    )
]
