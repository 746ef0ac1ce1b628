"""Filters of lists that answer a question of work: what is coming, what is not yet done."""

from django.contrib import admin


class UpcomingFilter(admin.SimpleListFilter):
    """Coming, or past. For models with a QuerySet that knows `upcoming` and `past`."""

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
    """A filter over an instant that is empty until something is done: yes, or not yet."""

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
