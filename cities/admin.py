"""Cities, their timelines, photos, and pages in their own languages."""

from django import forms
from django.contrib import admin
from django.db.models import Q

from cities.models import City, CityLink, Milestone, Photograph, Welcome
from cities.sightings import sightings
from cities.views import city_page
from nsca.lib.desk.base import BaseAdminWithHistory, BaseInline
from nsca.lib.desk.kinds import PreviewedAdmin

INKS = ("ink_ground", "ink_sky", "ink_sea", "ink_sun", "ink_accent")


class MilestoneInline(BaseInline):
    model = Milestone
    fields = [("year", "date_text"), "title", "text", "source_url"]


class CityLinkInline(BaseInline):
    model = CityLink
    fields = ["label", "url"]


class PhotographInline(BaseInline):
    model = Photograph
    fields = ["image", "alt", ("credit", "position")]


@admin.register(City)
class CityAdmin(PreviewedAdmin):
    list_display = ["name", "country", "bond", "since_year", "is_published", "updated_at"]
    list_filter = ["bond", "is_published"]
    search_fields = ["name", "country", "summary", "local_name"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MilestoneInline, CityLinkInline, PhotographInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "country", "country_code", "is_published"]}),
        (
            "The relationship",
            {
                "fields": [
                    "partner_kind", "bond", "bond_note", "since_year", "since_on", "since_note",
                ]
            },
        ),
        ("Where it is", {"fields": ["latitude", "longitude", "time_zone"]}),


        (
            "About the city",
            {
                "fields": [
                    "summary", "story", "known_for", "shared_ground", "population", "languages",
                ]
            },
        ),
        (
            "In its own language",
            {
                "fields": [
                    "local_name", "local_lang", "greeting", "greeting_lang", "greeting_say",
                    "greeting_en",
                ]
            },
        ),
        ("Contacts", {"fields": ["official_url", "committee_email", "committee_note"]}),
        ("The poster", {"fields": ["motif", "poster_note", *INKS]}),
        (
            "The name on the map",
            {"classes": ["collapse"], "fields": ["label_dx", "label_dy", "label_anchor"]},
        ),
    ]  # fmt: skip

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in INKS:
            field.widget = forms.TextInput(attrs={"type": "color"})
        return field

    def rendered(self, request, city):
        """The city's page, with its poster, dial and dot on the map."""
        seen = sightings(City.objects.filter(Q(is_published=True) | Q(pk=city.pk)), at=request.now)
        here = next(sighting for sighting in seen if sighting.city.pk == city.pk)
        return city_page(request, here, seen)


@admin.register(Welcome)
class WelcomeAdmin(BaseAdminWithHistory):
    list_display = ["city", "language_name", "title", "updated_at"]
    list_filter = ["city"]
    search_fields = ["city__name", "title", "body"]
    list_select_related = ["city"]
    fields = ["city", "lang", "language_name", "title", "body"]
