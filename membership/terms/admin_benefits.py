"""Benefits that run out, at the desk: what a household has still to come, and a click for each."""

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
    """What is left and what was had; a POST hands one over, or takes one back."""
    left = benefits.left(household, on=day_of(request.now))
    if request.method == "POST":
        _act(model_admin, request, household, left)
        return HttpResponseRedirect(model_admin.url("benefits", household.pk))
    return model_admin.page(
        request,
        "admin/membership/benefits.html",
        obj=household,
        title="Hand over a benefit",
        left=left,
        longest=LONGEST_NOTE,
    )


def _act(model_admin, request, household, left) -> None:
    back = codes.primary_key(request.POST.get("back"))
    if back:
        row = BenefitUse.objects.filter(pk=back, term__household=household).first()
        if row:
            benefits.take_back(row, at=request.now)
            _note(model_admin, request, household, f"Took back: {row.benefit}.")
        return
    wanted = codes.primary_key(request.POST.get("benefit"))
    found = next((each for each in left if each.benefit.pk == wanted), None)
    if found is None:
        messages.error(request, "Nothing of that kind is to be handed over today.")
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
        _note(model_admin, request, household, f"Handed over: {found.benefit}.")


def _note(model_admin, request, household, sentence: str) -> None:
    model_admin.log_change(request, household, sentence)
    messages.success(request, sentence)


PAGES = [
    AdminPage(
        "benefits",
        benefits_view,
        permission="view",
        needs=(MAY_HAND_OVER,),
        label="Hand over a benefit",
    )
]
