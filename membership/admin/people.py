"""People in the admin: who they are, what happened, and what staff can do."""

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from import_export.fields import Field

from membership.admin import person_acts as admin_person_acts
from membership.admin.households import SEE_MINORS
from membership.admin.person_filters import (
    AgeFilter,
    FavoriteCityFilter,
    LevelFilter,
    StatusFilter,
)
from membership.insight import admin_explaining as explain_admin
from membership.insight import admin_story
from membership.insight.admin_reports import ReportFilter
from membership.models import (
    Address,
    FavoriteCity,
    Household,
    HouseholdMember,
    MembershipStatus,
    Person,
    Rules,
    Term,
    membership_status,
)
from membership.people.admin_members import RemovalAdmin
from membership.privacy import admin as erase_admin
from membership.records import admin_importing, admin_merging, duplicates
from membership.records.importing_columns import PersonColumns
from membership.security import address_mail
from membership.terms.dues import enrol
from nsca.lib.desk.base import BaseAdminWithHistory, BaseInline
from nsca.lib.desk.exports import SafeResource
from nsca.lib.text.counting import counted
from nsca.lib.timing import day_of


class PersonResource(SafeResource):
    """Everything an import reads: importing an export changes nothing."""

    household = Field(column_name="household")
    postal_address = Field(column_name="postal address")
    cities = Field(column_name="favorite cities")
    level = Field(column_name="level")
    member_from = Field(column_name="member from")
    member_until = Field(column_name="member until")

    class Meta:
        model = Person
        fields = [
            "member_number", "name", "email", "phone", "household", "postal_address",
            "member_since", "level", "member_from", "member_until", "cities",
        ]  # fmt: skip
        export_order = fields

    def dehydrate_household(self, person):
        return PersonColumns(person).household

    def dehydrate_postal_address(self, person):
        return PersonColumns(person).postal_address

    def dehydrate_cities(self, person):
        return PersonColumns(person).cities

    def dehydrate_level(self, person):
        return PersonColumns(person).level

    def dehydrate_member_from(self, person):
        return PersonColumns(person).member_from

    def dehydrate_member_until(self, person):
        return PersonColumns(person).member_until


class HouseholdsInline(BaseInline):
    model = HouseholdMember
    verbose_name, verbose_name_plural = "household", "households"
    fields = [("household", "is_home")]
    autocomplete_fields = ["household"]


class AddressInline(BaseInline):
    model = Address
    fields = ["email"]


class FavoriteCityInline(BaseInline):
    model = FavoriteCity
    fields = [("city", "may_be_seen")]


class PersonForm(forms.ModelForm):
    """Looks for duplicates of people entered by hand: most are already known."""

    is_another = forms.BooleanField(
        label="This is somebody else",
        required=False,
        help_text="Tick this if it is none of the people above.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["is_another"].widget = forms.HiddenInput()

    def clean_member_number(self):
        number = self.cleaned_data["member_number"]
        taken = Person.every.filter(member_number=number).exclude(pk=self.instance.pk)
        if number is not None and taken.exists():
            raise forms.ValidationError(
                "Somebody else has this number for life. Enter another or leave it empty."
            )
        return number

    def clean(self):
        data = super().clean()
        if self.instance.pk or data.get("is_another") or not data.get("name"):
            return data
        found = duplicates.candidates(
            name=data["name"], email=data.get("email") or "", phone=data.get("phone") or ""
        )
        if found:
            self.fields["is_another"].widget = forms.CheckboxInput()
            self.add_error("is_another", _known(found))
        return data


def _known(people) -> str:
    """Possible duplicates, each with a link to their page."""
    rows = [
        (
            reverse("admin:membership_person_change", args=[person.pk]),
            person.name,
            person.email or "no e-mail",
            str(person.household or "no household"),
        )
        for person in people
    ]
    listed = format_html_join(mark_safe("; "), '<a href="{}">{}</a>, {}, {}', rows)
    return format_html("We may already know this person: {}.", listed)


@admin.register(Person)
class PersonAdmin(RemovalAdmin, BaseAdminWithHistory):
    resource_class = PersonResource
    is_everybody = True
    form = PersonForm
    change_form_template = "admin/membership/person/change_form.html"
    list_display = ["name", "stands", "member_number", "email", "phone", "homes"]
    list_filter = [StatusFilter, LevelFilter, FavoriteCityFilter, AgeFilter, ReportFilter]
    search_fields = [
        "name", "email", "phone", "member_number", "households__name", "addresses__email",
    ]  # fmt: skip
    search_help_text = "A name, an address, a phone number, a member number, a household."
    show_full_result_count = False  # a count of ten thousand people that nobody needs
    raw_id_fields = ["user"]
    autocomplete_fields = ["guardian"]
    inlines = [HouseholdsInline, AddressInline, FavoriteCityInline]
    fields = [
        "is_another",
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
        people = super().get_queryset(request)
        if not request.user.has_perm(SEE_MINORS):
            people = people.exclude(pk__in=Person.objects.minors(day_of(request.now)).values("pk"))
        rows = HouseholdMember.objects.select_related("household").prefetch_related(
            Prefetch("household__terms", Term.objects.select_related("tier"))
        )
        return people.prefetch_related(Prefetch("household_members", rows))

    def history_view(self, request, object_id, extra_context=None):
        """Only for people this user may see; the package itself queries the table."""
        self.get_or_404(request, object_id, permission="view")
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        person = self.get_or_404(request, object_id, permission="view")
        before = address_mail.addresses_of([person.pk])
        response = super().history_form_view(request, object_id, version_id, extra_context)
        address_mail.addresses_changed(before, at=request.now, by=request.user)
        return response

    def get_fields(self, request, obj=None):
        hidden = set() if request.user.has_perm(SEE_MINORS) else {"born_on", "guardian"}
        if obj:
            hidden.add("is_another")
        return [name for name in self.fields if name not in hidden]

    def get_readonly_fields(self, request, obj=None):
        # The link to a user decides who sees whose page.
        return [] if request.user.has_perm("membership.change_user") else ["user"]

    def get_search_results(self, request, queryset, search_term):
        """Search word by word, without joins, so that no row appears twice."""
        for word in search_term.split()[:6]:
            found = Q(name__icontains=word) | Q(email__icontains=word) | Q(phone__icontains=word)
            if word.isascii() and word.isdigit() and len(word) < 10:
                found |= Q(member_number=int(word))
            further = Address.objects.filter(email__icontains=word).values("person")
            homes = HouseholdMember.objects.filter(
                household__in=Household.objects.filter(name__icontains=word).values("pk")
            ).values("person")
            queryset = queryset.filter(found | Q(pk__in=further) | Q(pk__in=homes))
        return queryset, False

    def changelist_view(self, request, extra_context=None):
        self._today, self._grace = day_of(request.now), Rules.load().grace
        return super().changelist_view(request, extra_context)

    @admin.display(description="today")
    def stands(self, person):
        terms = {t for b in person.household_members.all() for t in b.household.terms.all()}
        word = membership_status(terms, self._today, grace=self._grace, died_on=person.died_on)
        levels = {str(t.tier) for t in terms if t.is_current(self._today) and t.is_real}
        return ", ".join([MembershipStatus(word).label, *sorted(levels)])

    @admin.display(description="household")
    def homes(self, person):
        """Household names that differ from the person's: "The Ellery family"."""
        names = [b.household.name for b in person.household_members.all()]
        return ", ".join(name for name in names if name != person.name) or "–"

    def save_model(self, request, obj, form, change):
        """Give new people what joiners get: a member number and a user."""
        form.addresses_before = address_mail.addresses_of([obj.pk] if change else [])
        if change:
            super().save_model(request, obj, form, change)
        else:
            enrol(obj)

    def save_related(self, request, form, formsets, change):
        """E-mail people whose addresses changed, in the form or its inlines."""
        super().save_related(request, form, formsets, change)
        address_mail.addresses_changed(form.addresses_before, at=request.now, by=request.user)

    def delete_model(self, request, obj):
        self._must_be_proven_to_delete(request, obj.name)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        self._must_be_proven_to_delete(request, counted(queryset.count(), "record"))
        super().delete_queryset(request, queryset)

    def _must_be_proven_to_delete(self, request, whom: str):
        self.must_be_proven(
            request,
            title="Delete people",
            words=[f"{whom}: deleted for good, with everything we have. This can’t be undone."],
            button="Delete",
        )

    def exported(self, request, queryset):
        return self.resource_class().export(
            queryset=queryset.prefetch_related("favorite_cities__city")
        )

    pages = {
        "Money": [admin_person_acts.MONEY],
        "View": [*admin_story.PAGES, *explain_admin.PAGES],
        "E-mail": admin_person_acts.LETTERS,
        "Decide": admin_person_acts.DECISIONS,
        "Careful": [*admin_person_acts.GRAVE, *admin_merging.PAGES, *erase_admin.PAGES],
        "Lists": admin_importing.PAGES,
    }

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context["glance"] = admin_story.glance(request, obj)
            context["story_url"] = self.url("story", obj.pk)
        return super().render_change_form(request, context, add, change, form_url, obj)
