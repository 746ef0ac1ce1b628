"""Filters of lists that answer a question of the day: what is upcoming, what is not yet done."""

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models.constants import LOOKUP_SEP
from django.db.models.options import Options


class UpcomingFilter(admin.SimpleListFilter):
    """Upcoming, or past. For models with a QuerySet that has `upcoming` and `past`."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("upcoming", "coming"), ("past", "past")]

    def queryset(self, request, queryset):
        if self.value() == "upcoming":
            return queryset.upcoming(request.now)
        if self.value() == "past":
            return queryset.past(request.now)
        return queryset


def stamped(field: str, *, title: str, parameter: str):
    """A filter on an instant that stays empty until something is done: yes, or not yet."""

    class StampedFilter(admin.SimpleListFilter):
        parameter_name = parameter

        def lookups(self, request, model_admin):
            return [("no", "not yet"), ("yes", "yes")]

        def queryset(self, request, queryset):
            if self.value() in ("yes", "no"):
                return queryset.filter(**{f"{field}__isnull": self.value() == "no"})
            return queryset

    StampedFilter.title = title
    return StampedFilter


class AskedByItsFilters(admin.ModelAdmin):
    """A list answers what its own filters ask, and nothing else.

    Django lets an address filter by any column of any related row. With “?token__startswith=a” a
    guest's key could be read character by character, with “?message__contains=1” a code;
    “?word_findings__isnull=0” would list the events whose envelope is filled, and
    “?commitments__gt=7” those whose sealed venue changed; "+", Django's name for a relation
    without a reverse, would join the envelope itself.
    """

    def lookup_allowed(self, lookup, value, request):
        first = lookup.split(LOOKUP_SEP)[0]
        asked = {self.opts.pk.name, *_first_steps(self.get_list_filter(request))}
        is_asked = first in asked or first == self.date_hierarchy or not _is_of(self.opts, first)
        # A regular expression of a dozen characters could keep a worker busy for hours.
        if not is_asked or lookup.endswith("regex") or _is_too_large(value):
            return False
        return super().lookup_allowed(lookup, value, request)

    def to_field_allowed(self, request, to_field):
        """Only columns of its own: Django fails on relations."""
        own = [field.name for field in self.opts.concrete_fields]
        return to_field in own and super().to_field_allowed(request, to_field)


def _is_too_large(value) -> bool:
    """A number too large for any column: a database would fail on it."""
    return len(str(value)) > 18 and str(value).lstrip("-").isdigit()


def _first_steps(filters) -> set[str]:
    """The fields that filters ask about; filters that are classes name none."""
    names = [each[0] if isinstance(each, tuple | list) else each for each in filters]
    return {name.split(LOOKUP_SEP)[0] for name in names if isinstance(name, str)}


def _is_of(opts: Options, name: str) -> bool:
    """Whether the model has a field or a relation of this name."""
    try:
        opts.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
