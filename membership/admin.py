"""People: households, who belongs to them, what they have paid or been granted, and who may
sign in.
"""

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect
from import_export.fields import Field

from membership.dues import enrol
from membership.models import (
    Address,
    Belonging,
    Benefit,
    Chair,
    Heart,
    Household,
    Person,
    Rules,
    Term,
    Tier,
    User,
)
from membership.take_desk import TakeDesk
from nsca.lib.desk.base import Desk, DeskInline, DeskWithHistory, Tool, money_column
from nsca.lib.desk.exports import SafeResource
from nsca.lib.timing import day_of


class CurrentFilter(admin.SimpleListFilter):
    """Members on this day, and those who were."""

    title = "member today"
    parameter_name = "member"

    def lookups(self, request, model_admin):
        return [("yes", "yes"), ("no", "no")]

    def queryset(self, request, queryset):
        if self.value() not in ("yes", "no"):
            return queryset
        terms = Term.objects.current(day_of(request.now))
        if queryset.model is Term:
            has = terms.filter(pk=OuterRef("pk"))
        else:
            has = terms.filter(household__people=OuterRef("pk"))
        return queryset.filter(Exists(has) if self.value() == "yes" else ~Exists(has))


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
class PersonAdmin(DeskWithHistory):
    resource_class = PersonResource
    list_display = ["name", "household", "email", "phone", "member_number", "member_since"]
    list_filter = [CurrentFilter, "hearts__city"]
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


class TermForm(forms.ModelForm):
    """A term that nobody paid for says who granted it."""

    def clean(self):
        data = super().clean()
        if not self.instance.line_id and not data.get("reason") and "reason" in self.fields:
            self.add_error("reason", "Say who granted it and why: nobody paid for this one.")
        return data


@admin.register(Term)
class TermAdmin(Desk):
    """Granted terms are added here; paid ones come from orders. Neither is edited to extend it."""

    holds_money = True
    form = TermForm
    list_display = ["household", "tier", "starts_on", "ends_on", "ended_on", "reason"]
    list_filter = [CurrentFilter, "tier"]
    search_fields = ["household__name", "household__people__name", "reason"]
    date_hierarchy = "starts_on"
    list_select_related = ["household", "tier"]
    autocomplete_fields = ["household"]
    fields = ["household", "tier", "starts_on", "ends_on", "reason", "ended_on", "line"]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return ["line", "ended_on"]
        return ["household", "tier", "starts_on", "ends_on", "line"]


@admin.register(Tier)
class TierAdmin(DeskWithHistory):
    list_display = [
        "name",
        money_column("dues_cents", "dues a year"),
        "max_people",
        "is_offered",
        "position",
    ]
    list_filter = ["is_offered"]
    search_fields = ["name", "summary"]
    prepopulated_fields = {"slug": ["name"]}
    fields = [
        "name", "slug", "summary", "dues_cents", "is_sample", "max_people", "benefits",
        "position", "is_offered",
    ]  # fmt: skip

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        # Boxes: Django's two lists side by side cannot be read aloud, nor in the dark scheme.
        kwargs |= {"widget": forms.CheckboxSelectMultiple, "help_text": "Tick what it gives."}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Rules)
class RulesAdmin(DeskWithHistory):
    """The one row: its list is its form, it is never added to and never deleted."""

    holds_money = True
    fieldsets = [
        (
            "How long a year of dues holds",
            {"fields": ["year", ("begins_month", "begins_day"), "rolls_over_days", "grace_days"]},
        ),
    ]

    def has_add_permission(self, request):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)  # refuses in its own words
        Rules.objects.get_or_create(pk=1)
        return redirect(self.url("change", 1))


@admin.register(Chair)
class ChairAdmin(Desk):
    list_display = ["city", "user", "writes_to_lapsed"]
    list_filter = ["city"]
    search_fields = ["user__email", "user__name", "city__name"]
    raw_id_fields = ["user"]
    fields = ["user", "city", "writes_to_lapsed"]


@admin.register(Benefit)
class BenefitAdmin(Desk):
    list_display = ["text", "count", money_column("fair_value_cents", "fair value")]
    search_fields = ["text"]
    fields = ["text", "count", "fair_value_cents"]


SINGLE_PERMISSIONS = ("see_venue", "hold_reveal")  # what a director may give to one person alone


@admin.register(User)
class UserAdmin(Desk):
    """Who may sign in, and which of them work here. Nobody is deleted: untick “active” instead."""

    holds_money = True
    list_display = ["email", "name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "groups"]
    search_fields = ["email", "name"]
    fieldsets = [
        (None, {"fields": ["email", "name", "is_active"]}),
        ("Work here", {"fields": ["is_staff", "groups", "user_permissions"]}),
        ("When", {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple()
        if db_field.name == "user_permissions":
            kwargs["queryset"] = Permission.objects.filter(
                content_type__app_label="events", codename__in=SINGLE_PERMISSIONS
            )
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "user_permissions":
            field.label = "Moreover"
            field.label_from_instance = lambda permission: permission.name
            field.help_text = "For this person alone, beside what their groups may do."
        else:
            field.help_text = "What they work at. Each group sees only its own work."
        return field

    def get_readonly_fields(self, request, obj=None):
        # A sign-in's address decides whose tickets it sees, so it stays what was confirmed by a
        # code.
        mine = [*self.readonly_fields, *(["email"] if obj else [])]
        # Nobody takes their own key away, nor gives themselves another.
        return (
            [*mine, "is_staff", "is_active", "groups", "user_permissions"]
            if obj == request.user
            else mine
        )

    def save_model(self, request, obj, form, change):
        if not change:
            obj.email = obj.email.strip().lower()
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            User.objects.give_address(obj)

    def get_urls(self):
        return [
            self.own_path("<int:object_id>/forget/", self.forget_view, "forget")
        ] + super().get_urls()

    def tools(self, request, obj):
        may = self.has_change_permission(request, obj) and obj != request.user
        if may and Authenticator.objects.filter(user=obj).exists():
            return [Tool("Forget the second factor", self.url("forget", obj.pk))]
        return []

    def forget_view(self, request, object_id):
        """For a lost telephone: the next sign-in asks for a new second factor."""
        user = self.get_or_404(request, object_id)
        if request.method != "POST":
            return self.act_page(
                request,
                user,
                title="Forget the second factor",
                words=[
                    f"{user.get_full_name()} has lost the telephone or key of the second factor.",
                    "Speak to them first: whoever asks by mail alone may be somebody else.",
                    "Afterwards the e-mailed code is enough once; a new factor is set up at once.",
                ],
                button="Forget it",
                is_grave=True,
            )
        Authenticator.objects.filter(user=user).delete()
        return self.done(request, user, "Forgot the second factor.")
