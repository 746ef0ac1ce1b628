"""The page of one person's history."""

from django.utils.http import urlencode

from membership.insight import story
from nsca.lib.desk.pages import AdminPage
from nsca.lib.secrets import codes

A_GLANCE = 8  # entries on the person's own page


def story_view(model_admin, request, person):
    what = request.GET.get("what", "")
    number = codes.primary_key(request.GET.get("page")) or 1
    page = story.page_of(person, reader=request.user, number=number, what=what)
    only = {"what": what} if what in page.kinds else {}
    return model_admin.page(
        request,
        "admin/membership/person/story.html",
        obj=person,
        title=f"History of {person}",
        story=page,
        what=what if what in page.kinds else "",
        newer=f"?{urlencode({**only, 'page': number - 1})}" if number > 1 else "",
        older=f"?{urlencode({**only, 'page': number + 1})}" if page.has_more else "",
    )


def glance(request, person):
    """The newest entries, for the person's own page."""
    page = story.page_of(person, reader=request.user)
    return page.entries[:A_GLANCE]


PAGES = [AdminPage("story", story_view, permission="view", label="Full history")]
