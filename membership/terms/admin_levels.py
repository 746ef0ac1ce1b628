"""Levels, benefits and the rules of the membership year."""

from django import forms
from django.contrib import admin

from membership.models import Benefit, Rules, Tier
from nsca.lib.desk.base import BaseAdmin, BaseAdminWithHistory, money_column
from nsca.lib.desk.kinds import OneRowAdmin


@admin.register(Tier)
class TierAdmin(BaseAdminWithHistory):
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
        # Checkboxes: Django's two lists work neither with screen readers nor in dark mode.
        kwargs |= {"widget": forms.CheckboxSelectMultiple, "help_text": "What this level gives."}
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Benefit)
class BenefitAdmin(BaseAdmin):
    list_display = ["text", "count", money_column("fair_value_cents", "fair value")]
    list_filter = [("fair_value_cents", admin.EmptyFieldListFilter)]
    search_fields = ["text"]
    fields = ["text", "count", "fair_value_cents"]


@admin.register(Rules)
class RulesAdmin(OneRowAdmin):
    holds_money = True
    fieldsets = [
        (
            "How long a year of dues lasts",
            {"fields": ["year", ("begins_month", "begins_day"), "rolls_over_days", "grace_days"]},
        ),
    ]
