"""Households and committee chairs in the admin."""

from django.contrib import admin

from membership.joining import admin_payments as take_admin
from membership.joining import admin_upgrades as upgrade_admin
from membership.models import (
    CommitteeChair,
    Household,
    HouseholdMember,
    Merge,
    Person,
    Term,
)
from membership.people.admin_members import RemovalAdmin
from membership.people.main_contact import hand_over
from membership.terms import admin_benefits as benefit_admin
from nsca.lib.desk.base import BaseAdmin, BaseInline
from nsca.lib.timing import day_of

SEE_MINORS = "membership.see_minors"


class PeopleInline(BaseInline):
    """The people of a household; add a new person on their own page."""

    model = HouseholdMember
    fields = [("person", "is_home")]
    autocomplete_fields = ["person"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("person")
        if request.user.has_perm(SEE_MINORS):
            return rows
        return rows.exclude(person__in=Person.objects.minors(day_of(request.now)))


class TermInline(BaseInline):
    """Read only: terms are never extended by editing; add a new one on its own page."""

    model = Term
    fields = ["tier", ("starts_on", "ends_on", "ended_on"), "reason"]
    readonly_fields = ["tier", "starts_on", "ends_on", "ended_on", "reason"]
    show_change_link = True
    can_delete = False

    def has_add_permission(self, request, obj):
        return False


@admin.register(Household)
class HouseholdAdmin(RemovalAdmin, BaseAdmin):
    list_display = ["name", "postal_address"]
    search_fields = ["name", "postal_address", "people__name", "people__email"]
    inlines = [PeopleInline, TermInline]
    fields = ["name", "postal_address", "main_contact", "note"]
    pages = {"": [*take_admin.PAGES, *upgrade_admin.PAGES, *benefit_admin.PAGES]}

    def get_queryset(self, request):
        """Without households emptied by a merge."""
        emptied = Merge.objects.filter(undone_at__isnull=True, emptied__isnull=False)
        return super().get_queryset(request).exclude(pk__in=emptied.values("emptied"))

    def get_form(self, request, obj=None, **kwargs):
        """Only adults of the household can be its main contact."""
        form = super().get_form(request, obj, **kwargs)
        if field := form.base_fields.get("main_contact"):
            grown = Person.objects.none()
            if obj is not None:
                minors = Person.objects.minors(day_of(request.now))
                grown = obj.people.living().exclude(pk__in=minors)
            field.queryset = grown
        return form

    def save_model(self, request, obj, form, change):
        """E-mail the new and the former main contact, and add it to the story."""
        to = obj.main_contact
        if not change or "main_contact" not in form.changed_data or to is None:
            super().save_model(request, obj, form, change)
            return
        obj.main_contact_id = form.initial.get("main_contact")
        super().save_model(request, obj, form, change)
        hand_over(obj, to, staff=request.user, at=request.now)
        obj.main_contact = to


@admin.register(CommitteeChair)
class CommitteeChairAdmin(BaseAdmin):
    list_display = ["city", "user", "writes_to_expired"]
    list_filter = ["city"]
    search_fields = ["user__email", "user__name", "city__name"]
    raw_id_fields = ["user"]
    fields = ["user", "city", "writes_to_expired"]
