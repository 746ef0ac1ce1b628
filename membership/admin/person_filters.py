"""Filters for the list of people."""

from django.contrib import admin
from django.db.models import Exists, OuterRef

from membership.models import FavoriteCity, MembershipStatus, Person, Rules, Term, Tier
from nsca.lib.secrets.codes import primary_key
from nsca.lib.timing import day_of


class StatusFilter(admin.SimpleListFilter):
    """Filter by membership status today."""

    title = "status today"
    parameter_name = "status"

    def lookups(self, request, model_admin):
        return MembershipStatus.choices

    def queryset(self, request, queryset):
        if self.value() not in MembershipStatus.values:
            return queryset
        status = Person.objects.with_status(day_of(request.now), grace=Rules.load().grace)
        alike = status.filter(status=self.value())
        return queryset.filter(pk__in=alike.values("pk"))


class LevelFilter(admin.SimpleListFilter):
    """Filter by current level."""

    title = "level"
    parameter_name = "level"

    def lookups(self, request, model_admin):
        return [(str(tier.pk), tier.name) for tier in Tier.objects.all()]

    def queryset(self, request, queryset):
        if not primary_key(self.value()):
            return queryset
        holding = Term.objects.current(day_of(request.now)).filter(
            tier=primary_key(self.value()), household__people=OuterRef("pk")
        )
        return queryset.filter(Exists(holding))


class FavoriteCityFilter(admin.SimpleListFilter):
    title = "favorite city"
    parameter_name = "city"

    def lookups(self, request, model_admin):
        cities = FavoriteCity._meta.get_field("city").related_model
        return [(str(pk), name) for pk, name in cities.objects.values_list("pk", "name")]

    def queryset(self, request, queryset):
        if not primary_key(self.value()):
            return queryset
        held = FavoriteCity.objects.filter(city=primary_key(self.value()), person=OuterRef("pk"))
        return queryset.filter(Exists(held))


class AgeFilter(admin.SimpleListFilter):
    """Filter by age, for staff who may see children's data."""

    title = "age"
    parameter_name = "age"

    def lookups(self, request, model_admin):
        if not request.user.has_perm("membership.see_minors"):
            return []
        return [("minor", "children"), ("grown", "adults")]

    def queryset(self, request, queryset):
        minors = Person.objects.minors(day_of(request.now))
        if self.value() == "minor":
            return queryset.filter(pk__in=minors.values("pk"))
        if self.value() == "grown":
            return queryset.exclude(pk__in=minors.values("pk"))
        return queryset
