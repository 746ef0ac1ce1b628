"""Deleting an event: a draft goes with its parts; anything else stays, and the page says why."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseRedirect

from events.changes import discarding
from nsca.lib.media.leftovers import delete_after_commit, names_in
from nsca.lib.web.caching import content_changed


class DiscardAdmin:
    """The part of EventAdmin that deletes."""

    def get_deleted_objects(self, objs, request):
        """For the confirmation page: what goes with each event, or why it stays."""
        kept = [f"{event}: {why}" for event in objs if (why := discarding.why_not(event))]
        going = [each for event in objs for each in (str(event), discarding.parts_of(event))]
        return going, {"events": len(objs)}, set(), kept

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except discarding.MayNotBeDiscarded as refusal:  # something changed before the yes
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(self.url("change", object_id))

    def delete_model(self, request, obj):
        delete_after_commit(names_in([obj, *obj.pictures.all()]))
        obj._history_user = request.user
        discarding.discard(obj, at=request.now)
        transaction.on_commit(content_changed)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        for event in queryset:
            self.delete_model(request, event)
