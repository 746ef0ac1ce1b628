"""People, and the households they belong to."""

from django.contrib import admin
from import_export.fields import Field

from membership.admin_terms import CurrentFilter
from membership.dues import enrol
from membership.explain_desk import ExplainDesk
from membership.models import Address, Belonging, Chair, Heart, Household, Person, Term
from membership.reports_desk import ReportFilter
from membership.take_desk import TakeDesk
from nsca.lib.desk.base import Desk, DeskInline, DeskWithHistory
from nsca.lib.desk.exports import SafeResource


class PersonResource(SafeResource):
    household = Field(attribute="household__name", column_name="household")
    postal_address = Field(attribute="household__postal_address", column_name="postal address")
    cities = Field(column_name="cities of the heart")

    class Meta:
        model = Person
        fields = [
            "member_number", "name", "email", "phone", "household", "postal_address",
            "member_since", "cities",
        ]  # fmt: skip
        export_order = fields

    def dehydrate_cities(self, person):
        return ", ".join(heart.city.name for heart in person.hearts.all())


class PeopleInline(DeskInline):
    """Who belongs to a household; a new person is added on their own page."""

    model = Belonging
    fields = [("person", "is_home")]
    autocomplete_fields = ["person"]


class HouseholdsInline(DeskInline):
    model = Belonging
    fields = [("household", "is_home")]
    autocomplete_fields = ["household"]


class AddressInline(DeskInline):
    model = Address
    fields = ["email"]


class HeartInline(DeskInline):
    model = Heart
    fields = [("city", "may_be_seen")]


class TermInline(DeskInline):
    """Read only: a term is never edited to extend it. A new one is added on its own page."""

    model = Term
    fields = ["tier", ("starts_on", "ends_on", "ended_on"), "reason"]
    readonly_fields = ["tier", "starts_on", "ends_on", "ended_on", "reason"]
    show_change_link = True
    can_delete = False

    def has_add_permission(self, request, obj):
        return False


@admin.register(Person)
class PersonAdmin(ExplainDesk, DeskWithHistory):
    resource_class = PersonResource
    list_display = ["name", "household", "email", "phone", "member_number", "member_since"]
    list_filter = [CurrentFilter, "hearts__city", ReportFilter]
    search_fields = [
        "name", "email", "phone", "member_number", "households__name", "addresses__email",
    ]  # fmt: skip
    raw_id_fields = ["user"]
    autocomplete_fields = ["guardian"]
    inlines = [HouseholdsInline, AddressInline, HeartInline]
    fields = [
        "name",
        "email",
        "phone",
        "born_on",
        "guardian",
        "member_number",
        "member_since",
        "user",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("belongings__household")

    def get_urls(self):
        return [*self.explain_urls(), *super().get_urls()]

    def tools(self, request, obj):
        return [*super().tools(request, obj), *self.explain_tools(request, obj)]

    def save_model(self, request, obj, form, change):
        """Whoever is entered by hand gets what a joiner gets: a number, and a sign-in by code."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            enrol(obj)

    def get_readonly_fields(self, request, obj=None):
        # Who is tied to which sign-in decides who sees whose page.
        return [] if request.user.has_perm("membership.change_user") else ["user"]


@admin.register(Household)
class HouseholdAdmin(TakeDesk, Desk):
    list_display = ["name", "postal_address"]
    search_fields = ["name", "postal_address", "people__name", "people__email"]
    inlines = [PeopleInline, TermInline]
    fields = ["name", "postal_address", "note"]

    def get_urls(self):
        return [*self.take_urls(), *super().get_urls()]

    def tools(self, request, obj):
        return [*super().tools(request, obj), *self.take_tools(request, obj)]

    def list_tools(self, request):
        return [*super().list_tools(request), *self.take_tools(request)]


@admin.register(Chair)
class ChairAdmin(Desk):
    list_display = ["city", "user", "writes_to_lapsed"]
    list_filter = ["city"]
    search_fields = ["user__email", "user__name", "city__name"]
    raw_id_fields = ["user"]
    fields = ["user", "city", "writes_to_lapsed"]
