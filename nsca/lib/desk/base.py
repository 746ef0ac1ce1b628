"""The ModelAdmin that the site's admins are based on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from js_asset import Media
from simple_history.admin import SimpleHistoryAdmin

from nsca.lib.desk.exports import SafeResource
from nsca.lib.desk.fields import DollarsField, HoursField, InstantField
from nsca.lib.desk.filters import AskedByItsFilters
from nsca.lib.desk.pages import AdminLinks, AdminPage, Tool
from nsca.lib.desk.proof import ExportsItsList
from nsca.lib.media.images import PictureField
from nsca.lib.media.leftovers import delete_after_commit, names_below, names_replaced_in
from nsca.lib.text.money import dollars
from nsca.lib.web.caching import content_changed

# The style element of django-prose-editor 0.28. Another release may have a different one: then
# tests/admin/test_browser.py fails, and Chromium's console names the new hash.
EDITOR_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"

KEPT = (
    "This can't be deleted, because money, tickets or somebody's records depend on it. "
    "To stop using it, uncheck a box or change its state instead."
)


NOT_YET = "This is a preview. Visitors see it once it is published."


def previewed(request, words: str, *, back: str, to: str = "Back to editing") -> None:
    """Say at the top of a page that it is a preview, with a link back to the admin."""
    messages.info(request, format_html('{} <a href="{}">{}</a>', words, back, to))


# Functions called after staff save something in the admin, with the request and the forms that
# changed something. nsca/hooks.py registers them.
_after_saving: list[Callable] = []


def call_after_saving(function: Callable) -> None:
    """Call `function(request, forms)` when staff save something, in the same transaction."""
    _after_saving.append(function)


class FriendlyFields:
    """Money in dollars, durations in hours, instants as day and time in Norfolk."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name.endswith("_cents") or db_field.name == "cents_off":
            return db_field.formfield(form_class=DollarsField)
        if isinstance(db_field, models.DateTimeField):
            return db_field.formfield(form_class=InstantField)
        if isinstance(db_field, models.DurationField):
            return db_field.formfield(form_class=HoursField)
        if isinstance(db_field, models.URLField):
            kwargs.setdefault("assume_scheme", "https")
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class BaseInline(FriendlyFields, admin.StackedInline):
    """Rows that belong to an object, edited along with it.

    Stacked, not tabular: every field has its label and help, on phones too.
    """

    extra = 0


class BaseAdmin(ExportsItsList, FriendlyFields, AskedByItsFilters):
    """The base of the site's admins.

    `holds_money`: nobody can delete anything of this kind. `resource_class`: if given, anyone who
    may see the list can export it as CSV. `pages`: the pages that packages add, by their heading
    in the toolbox.
    """

    holds_money = False
    pages: Mapping[str, Sequence[AdminPage | AdminLinks]] = {}
    resource_class: type[SafeResource] | None = None
    is_everybody = False  # exporting the whole list is rare, and alerts someone
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER  # one query less per filter, and nobody needs the counts
    save_on_top = False

    # --- What others should notice ---------------------------------------------------------------

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        forms = [form, *(one for formset in formsets for one in formset.forms)]
        saved = [one for one in forms if one.has_changed() and one.instance.pk]
        for function in _after_saving:
            function(request, saved)
        delete_after_commit(names_replaced_in(one for one in forms if one.has_changed()))
        transaction.on_commit(content_changed)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        transaction.on_commit(content_changed)

    def delete_model(self, request, obj):
        delete_after_commit(names_below([obj]))
        super().delete_model(request, obj)
        transaction.on_commit(content_changed)

    def delete_queryset(self, request, queryset):
        delete_after_commit(names_below(queryset))
        super().delete_queryset(request, queryset)
        transaction.on_commit(content_changed)

    # --- What may not be deleted -----------------------------------------------------------------

    def has_delete_permission(self, request, obj=None):
        return not self.holds_money and super().has_delete_permission(request, obj)

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except (ProtectedError, RestrictedError):
            self.message_user(request, KEPT, messages.ERROR)
            return HttpResponseRedirect(self.url("change", object_id))

    # --- Addresses and acts ----------------------------------------------------------------------

    def url(self, name: str, *args) -> str:
        """The address of a view of this admin: "changelist", "change", or one of its own."""
        opts = self.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=args)

    def own_path(self, route: str, view: Callable, name: str):
        """A pattern for get_urls(): a view only staff can open, named like Django's own."""
        opts = self.model._meta
        return path(
            route,
            self.admin_site.admin_view(view),
            name=f"{opts.app_label}_{opts.model_name}_{name}",
        )

    def get_urls(self):
        own = [self.own_path("export/", self.export_view, "export")] if self.resource_class else []
        pages = [
            page for row in self.pages.values() for page in row if isinstance(page, AdminPage)
        ]
        return [*own, *(page.pattern(self) for page in pages), *super().get_urls()]

    def get_or_404(self, request, object_id, *, permission: str = "change"):
        """The object, if this person may do that with it. Raises Http404 and PermissionDenied."""
        obj = self.get_object(request, unquote(str(object_id)))
        if obj is None:
            raise Http404
        if not getattr(self, f"has_{permission}_permission")(request, obj):
            raise PermissionDenied
        return obj

    def tools(self, request, obj) -> Sequence[Tool]:
        """Links beside an object's title."""
        return [
            replace(tool, under=heading)
            for heading, row in self.pages.items()
            for page in row
            for tool in page.tools(self, request, obj)
        ]

    def list_tools(self, request) -> Sequence[Tool]:
        """Links beside the list's title."""
        tools = []
        if self.resource_class and self.may_export(request):
            query = request.GET.urlencode()
            tools = [Tool("Export as CSV", self.url("export") + (f"?{query}" if query else ""))]
        pages = [
            page for row in self.pages.values() for page in row if isinstance(page, AdminPage)
        ]
        return [*tools, *(tool for page in pages for tool in page.tools(self, request))]

    def page(self, request, template: str, *, obj=None, title: str, status=200, **context):
        """A page of our own within the admin's frame."""
        return TemplateResponse(
            request,
            template,
            {
                **self.admin_site.each_context(request),
                "opts": self.model._meta,
                "original": obj,
                "title": title,
                "back_url": self.url("change", obj.pk) if obj else self.url("changelist"),
                **context,
            },
            status=status,
        )

    def act_page(
        self, request, obj, *, title, words, button, form=None, is_grave=False, **context
    ):
        """Ask before something is done: `words` are sentences, `button` is a verb."""
        return self.page(
            request,
            "admin/act.html",
            obj=obj,
            title=title,
            words=words,
            button=button,
            form=form,
            is_grave=is_grave,
            media=with_nonce(request, self.media + form.media if form else self.media),
            **{"status": 422 if form and form.errors else 200} | context,
        )

    def done(self, request, obj, sentence: str, *, url: str = ""):
        """Log what was done, say so, and go back to the object."""
        self.log_change(request, obj, sentence)
        self.message_user(request, sentence, messages.SUCCESS)
        transaction.on_commit(content_changed)
        return HttpResponseRedirect(url or self.url("change", obj.pk))

    # --- Pages -----------------------------------------------------------------------------------

    def changelist_view(self, request, extra_context=None):
        context = {
            "title": capfirst(str(self.model._meta.verbose_name_plural)),
            "desk_tools": self.list_tools(request),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def get_view_on_site_url(self, obj=None):
        """The page's own address: Django's redirect view checks no permission."""
        has_page = obj is not None and self.view_on_site and hasattr(obj, "get_absolute_url")
        return obj.get_absolute_url() if has_page else None

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["desk_tools"] = self.tools(request, obj) if obj else []
        context["media"] = with_nonce(request, context["media"])
        response = super().render_change_form(request, context, add, change, form_url, obj)
        return for_editor(response, context["media"])


class BaseAdminWithHistory(BaseAdmin, SimpleHistoryAdmin):
    """For models with a history: every change, who made it, and how to go back.

    A form writes only its own fields. What the ticker, a colleague or a permission keeps from it
    stays as it is now, even when an old version is restored.
    """

    also_written: tuple[str, ...] = ()  # fields that save_model sets besides the form's

    def save_model(self, request, obj, form, change):
        if not change:
            super().save_model(request, obj, form, change)
            return
        fields = [field for field in obj._meta.concrete_fields if not field.primary_key]
        kept = {field.name for field in fields if field.name not in form.fields}
        # An old version's file is gone: only an upload changes a picture, going back doesn't.
        pictures = {field.name for field in fields if isinstance(field, PictureField)}
        kept |= pictures - {*form.changed_data}
        obj.refresh_from_db(fields=[*kept])
        self.before_change(obj, form)
        stamps = {field.name for field in fields if getattr(field, "auto_now", False)}
        written = {field.name for field in fields} - kept | stamps | {*self.also_written}
        obj._history_user = request.user
        obj.save(update_fields=written)
        transaction.on_commit(content_changed)

    def before_change(self, obj, form) -> None:
        """Set the fields named in `also_written`."""

    def render_history_view(self, request, template, context, **kwargs):
        if "media" in context:
            context["media"] = with_nonce(request, context["media"])
        response = super().render_history_view(request, template, context, **kwargs)
        return for_editor(response, context.get("media"))

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        response = super().history_form_view(request, object_id, version_id, extra_context)
        if request.method == "POST":
            transaction.on_commit(content_changed)
        return response


def with_nonce(request, media):
    """A form's media under the Content-Security-Policy: an inline import map needs a nonce.

    Pages without an import map ask for no nonce, so their policy names none.
    """
    if not _has_editor(media):
        return media
    return Media.from_media(media, nonce=str(request.csp_nonce))


def for_editor(response, media):
    """Allow the editor's one inline style element, by its hash, and nothing else."""
    if _has_editor(media):
        response._csp_update = {"style-src": [EDITOR_STYLE]}
    return response


def _has_editor(media) -> bool:
    return getattr(media, "_importmap", None) is not None


def money_column(name: str, words: str, *, order_field: str | None = None):
    """A list column that shows `name` (cents) as dollars; sample amounts say “(sample)”."""

    @admin.display(description=words, ordering=order_field or name)
    def column(obj):
        cents = getattr(obj, name)
        if cents is None:
            return "–"
        return dollars(cents) + (" (sample)" if getattr(obj, "is_sample", False) else "")

    return column
