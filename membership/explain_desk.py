"""“Explain this” on the page of a person: why are they not a member today?"""

from membership.explaining import explain
from nsca.lib.desk.base import Tool


class ExplainDesk:
    """For PersonAdmin: one more page and the tool that leads to it."""

    def explain_urls(self) -> list:
        return [self.own_path("<int:object_id>/explain/", self.explain_view, "explain")]

    def explain_tools(self, request, person) -> list[Tool]:
        return [Tool("Why (not) a member?", self.url("explain", person.pk))]

    def explain_view(self, request, object_id):
        person = self.get_or_404(request, object_id, permission="view_or_change")
        return self.page(
            request,
            "admin/membership/explain.html",
            obj=person,
            title="Explain this",
            explained=explain(person, at=request.now),
            may_see_orders=request.user.has_perm("orders.view_order"),
        )
