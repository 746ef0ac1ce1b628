"""Admins that several apps need: for things with a preview, and for a table with one row."""

from django.shortcuts import redirect

from nsca.lib.desk.base import NOT_YET, BaseAdminWithHistory, Tool, previewed


class PreviewedAdmin(BaseAdminWithHistory):
    """Things with a page that staff can see before visitors do."""

    def get_urls(self):
        return [
            self.own_path("<int:object_id>/preview/", self.preview_view, "preview")
        ] + super().get_urls()

    def tools(self, request, obj):
        return [Tool("Preview", self.url("preview", obj.pk))]

    def preview_view(self, request, object_id):
        """The page as visitors will see it, even if they can't see it yet."""
        obj = self.get_or_404(request, object_id, permission="view_or_change")
        previewed(request, NOT_YET, back=self.url("change", obj.pk))
        return self.rendered(request, obj)

    def rendered(self, request, obj):
        raise NotImplementedError


class OneRowAdmin(BaseAdminWithHistory):
    """A table with one row: its list is its form, and nothing can be added or deleted."""

    def has_add_permission(self, request):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)  # refuses in its own words
        self.model.objects.get_or_create(pk=1)
        return redirect(self.url("change", 1))
