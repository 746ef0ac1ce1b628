"""The page that explains why a person is or is not a member today."""

from membership.insight.explaining import explain
from nsca.lib.desk.pages import AdminPage


def explain_view(model_admin, request, person):
    return model_admin.page(
        request,
        "admin/membership/explain.html",
        obj=person,
        title="Member status explained",
        explained=explain(person, at=request.now),
        may_see_orders=request.user.has_perm("orders.view_order"),
    )


PAGES = [AdminPage("explain", explain_view, permission="view", label="Explain member status")]
