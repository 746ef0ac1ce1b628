"""Limited benefits in the admin: what a household has left, with a button for each."""

from django.contrib import messages
from django.http import HttpResponseRedirect

from membership.models import Benefit, BenefitUse
from membership.terms import benefits
from nsca.lib.desk.pages import AdminPage
from nsca.lib.secrets import codes
from nsca.lib.timing import day_of

MAY_HAND_OVER = "membership.add_benefituse"
LONGEST_NOTE = 200


def benefits_view(model_admin, request, household):
    """What is left and what was used; a POST records a use or undoes one."""
    left = benefits.left(household, on=day_of(request.now))
    if request.method == "POST":
        _act(model_admin, request, household, left)
        return HttpResponseRedirect(model_admin.url("benefits", household.pk))
    return model_admin.page(
        request,
        "admin/membership/benefits.html",
        obj=household,
        title="Record a benefit",
        left=left,
        longest=LONGEST_NOTE,
    )


def _act(model_admin, request, household, left) -> None:
    back = codes.primary_key(request.POST.get("back"))
    if back:
        row = BenefitUse.objects.filter(pk=back, term__household=household).first()
        if row:
            benefits.take_back(row, at=request.now)
            _note(model_admin, request, household, f"Undone: {row.benefit}.")
        return
    wanted = codes.primary_key(request.POST.get("benefit"))
    found = next((each for each in left if each.benefit.pk == wanted), None)
    if found is None:
        messages.error(request, "This household doesn’t have that benefit today.")
        return
    try:
        benefits.use(
            found.term,
            Benefit.objects.get(pk=wanted),
            by=request.user,
            at=request.now,
            note=request.POST.get("note", "").strip()[:LONGEST_NOTE],
        )
    except benefits.NothingLeft as reason:
        messages.error(request, str(reason))
    else:
        _note(model_admin, request, household, f"Recorded: {found.benefit}.")


def _note(model_admin, request, household, sentence: str) -> None:
    model_admin.log_change(request, household, sentence)
    messages.success(request, sentence)


PAGES = [
    AdminPage(
        "benefits",
        benefits_view,
        permission="view",
        needs=(MAY_HAND_OVER,),
        label="Record a benefit",
    )
]
