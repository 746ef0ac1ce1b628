"""Admin pages that packages define and a ModelAdmin lists in its `pages`."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.views.decorators.debug import sensitive_post_parameters


@dataclass(frozen=True)
class Tool:
    """A link beside a title; `under` is the heading of its group if there are many."""

    label: str
    url: str
    under: str = ""


@dataclass(frozen=True)
class AdminLinks:
    """Links in an object's toolbox to pages elsewhere, if the person may follow them."""

    links: Callable[..., list[Tool]]  # (request, obj)

    def tools(self, model_admin, request, obj) -> list[Tool]:
        return self.links(request, obj)


@dataclass(frozen=True)
class AdminPage:
    """A page about an object, or about the list if its route names no object, and its link.

    A person needs `permission` on the object (or the model) and all of `needs`, and `may` must
    agree. Only they see the link, and only if `shows`.
    """

    name: str  # as in "admin:events_event_NAME"
    view: Callable[..., HttpResponseBase]  # (model_admin, request, obj); for a list, no obj
    _: KW_ONLY
    route: str = ""  # if not the object's key and the name
    permission: str = "change"  # empty: `needs` and `may` decide alone
    needs: tuple[str, ...] = ()
    may: Callable[..., bool] | None = None  # (request, obj)
    label: str | Callable[..., str] = ""  # or from the object; empty: no link
    shows: Callable[..., bool] | None = None  # (request, obj)
    args: tuple[str, ...] = ()  # of the link, after the object's key

    def __post_init__(self):
        if not self.route:
            route = f"<int:object_id>/{self.name.replace('_', '-')}/"
            object.__setattr__(self, "route", route)

    @property
    def is_of_an_object(self) -> bool:
        return ":object_id>" in self.route

    def is_open(self, request, obj=None) -> bool:
        is_held = request.user.has_perms(self.needs)
        return is_held and (self.may is None or self.may(request, obj))

    def pattern(self, model_admin):
        """For get_urls(). Error reports never show what is typed on such a page."""

        @sensitive_post_parameters()
        @wraps(self.view)
        def answer(request, object_id=None, **kwargs):
            found = ()
            if self.is_of_an_object:
                found = (model_admin.get_or_404(request, object_id, permission=self.permission),)
            elif not self.is_allowed(model_admin, request):
                raise PermissionDenied
            if not self.is_open(request, *found):
                raise PermissionDenied
            return self.view(model_admin, request, *found, **kwargs)

        return model_admin.own_path(self.route, answer, self.name)

    def is_allowed(self, model_admin, request, *found) -> bool:
        if not self.permission:
            return True
        return getattr(model_admin, f"has_{self.permission}_permission")(request, *found)

    def tools(self, model_admin, request, *found) -> list[Tool]:
        """The link, if any: on an object's page (`found`), or on the list."""
        if not self.label or self.is_of_an_object != bool(found):
            return []
        if not (self.is_allowed(model_admin, request, *found) and self.is_open(request, *found)):
            return []
        if self.shows and not self.shows(request, *found):
            return []
        label = self.label(*found) if callable(self.label) else self.label
        keys = (*(obj.pk for obj in found), *self.args)
        return [Tool(label, model_admin.url(self.name, *keys))]
