"""Benefits that run out, at the desk: what a household has still to come, and a click for each."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect

from membership import benefits
from membership.models import Benefit, BenefitUse
from nsca.lib import codes
from nsca.lib.desk.base import Tool
from nsca.lib.timing import day_of

MAY_HAND_OVER = "membership.add_benefituse"
LONGEST_NOTE = 200


class BenefitDesk:
    """The part of HouseholdAdmin that hands over."""

    def benefit_urls(self):
        return [self.own_path("<int:object_id>/benefits/", self.benefits_view, "benefits")]

    def benefit_tools(self, request, household):
        if not request.user.has_perm(MAY_HAND_OVER):
            return []
        return [Tool("Hand over a benefit", self.url("benefits", household.pk))]

    def benefits_view(self, request, object_id):
        """What is left and what was had; a POST hands one over, or takes one back."""
        household = self.get_or_404(request, object_id, permission="view")
        if not request.user.has_perm(MAY_HAND_OVER):
            raise PermissionDenied
        left = benefits.left(household, on=day_of(request.now))
        if request.method == "POST":
            self._act(request, household, left)
            return HttpResponseRedirect(self.url("benefits", household.pk))
        return self.page(
            request,
            "admin/membership/benefits.html",
            obj=household,
            title="Hand over a benefit",
            left=left,
            longest=LONGEST_NOTE,
        )

    def _act(self, request, household, left) -> None:
        back = codes.primary_key(request.POST.get("back"))
        if back:
            row = BenefitUse.objects.filter(pk=back, term__household=household).first()
            if row:
                benefits.take_back(row, at=request.now)
                self._note(request, household, f"Took back: {row.benefit}.")
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
            self._note(request, household, f"Handed over: {found.benefit}.")

    def _note(self, request, household, sentence: str) -> None:
        self.log_change(request, household, sentence)
        messages.success(request, sentence)
