"""The page of one person's story."""

from django.utils.http import urlencode

from membership import story
from nsca.lib import codes
from nsca.lib.desk.base import Tool

A_GLANCE = 8  # entries on the person's own page


class StoryDesk:
    """The part of PersonAdmin that tells what happened."""

    def story_urls(self):
        return [self.own_path("<int:object_id>/story/", self.story_view, "story")]

    def story_tools(self, request, person):
        return [Tool("The whole story", self.url("story", person.pk))]

    def story_view(self, request, object_id):
        person = self.get_or_404(request, object_id, permission="view")
        what = request.GET.get("what", "")
        number = codes.primary_key(request.GET.get("page")) or 1
        page = story.tell(person, reader=request.user, number=number, what=what)
        only = {"what": what} if what in page.kinds else {}
        return self.page(
            request,
            "admin/membership/person/story.html",
            obj=person,
            title=f"The story of {person}",
            story=page,
            what=what if what in page.kinds else "",
            newer=f"?{urlencode({**only, 'page': number - 1})}" if number > 1 else "",
            older=f"?{urlencode({**only, 'page': number + 1})}" if page.has_more else "",
        )

    def glance(self, request, person):
        """The newest entries, for the person's own page."""
        page = story.tell(person, reader=request.user)
        return page.entries[:A_GLANCE]
