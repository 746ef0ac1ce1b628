"""Admin pages of funds, tribute cards, gifts in kind and the figures of what gifts do."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from membership.giving import cards, statements
from membership.models import Fund, GiftFigure, GiftInKind, Statement, Tribute
from nsca.lib.desk.base import BaseAdmin, Tool, money_column
from nsca.lib.timing import day_of, short_day


@admin.register(Fund)
class FundAdmin(BaseAdmin):
    holds_money = True
    list_display = ["name", "city", "is_open", "position"]
    list_filter = ["is_open"]
    search_fields = ["name", "words"]
    list_select_related = ["city"]
    prepopulated_fields = {"slug": ["name"]}
    fields = ["name", "slug", "words", "city", "heading", "position", "is_open"]


class FigureForm(forms.ModelForm):
    """A figure is exactly one of a number, an amount, or a total the site counts."""

    def clean(self):
        data = super().clean()
        given = [data.get("number") is not None, data.get("amount_cents") is not None]
        if not self.errors and sum([*given, bool(data.get("counted"))]) != 1:
            raise forms.ValidationError(
                "Fill in one: a number, an amount, or a total the site counts."
            )
        return data


@admin.register(GiftFigure)
class GiftFigureAdmin(BaseAdmin):
    form = FigureForm
    list_display = ["words", "number", money_column("amount_cents", "amount"), "counted", "year",
                    "is_shown", "position"]  # fmt: skip
    list_filter = ["is_shown", "year"]
    search_fields = ["words", "source"]
    fields = [
        "words", "number", "amount_cents", "counted", "year", "source", "position", "is_shown",
    ]  # fmt: skip


class PaperFilter(admin.SimpleListFilter):
    """Filter cards by whether staff still have to print them."""

    title = "card"
    parameter_name = "card"

    def lookups(self, request, model_admin):
        return [("print", "to print"), ("sent", "sent")]

    def queryset(self, request, queryset):
        if self.value() == "print":
            wanted = queryset.exclude(family_name="").filter(family_email="")
            return wanted.filter(mailed_at=None, posted_at=None)
        if self.value() == "sent":
            return queryset.exclude(mailed_at=None, posted_at=None)
        return queryset


@admin.register(Tribute)
class TributeAdmin(BaseAdmin):
    """Tributes are created when the gift is paid; typos can be fixed until the card is sent."""

    holds_money = True
    list_display = ["name", "manner", "family_name", "how", "order"]
    list_filter = [PaperFilter, "manner"]
    search_fields = ["name", "family_name", "line__order__number"]
    list_select_related = ["line__order"]
    fields = [
        "manner", "name", "family_name", "family_email", "family_address", "signed", "how",
        "order",
    ]  # fmt: skip

    @admin.display(description="card")
    def how(self, tribute):
        if tribute.mailed_at:
            return f"e-mailed {short_day(tribute.mailed_at)}"
        if tribute.posted_at:
            return f"mailed {short_day(tribute.posted_at)} by {tribute.posted_by}"
        return "to print" if tribute.wants_paper else "no card"

    @admin.display(description="order")
    def order(self, tribute):
        return tribute.line.order.number

    def has_add_permission(self, request):
        return False

    def get_readonly_fields(self, request, obj=None):
        sent = obj and (obj.mailed_at or obj.posted_at)
        fixed = ["manner", "family_email", "how", "order"]
        return self.fields if sent else fixed

    def get_urls(self):
        return [
            self.own_path("<int:object_id>/card.pdf", self.card_view, "card"),
            self.own_path("<int:object_id>/posted/", self.posted_view, "posted"),
            *super().get_urls(),
        ]

    def tools(self, request, obj):
        tools = []
        if obj.family_name:
            tools.append(Tool("Print the card", self.url("card", obj.pk)))
        if obj.wants_paper and self.has_change_permission(request, obj):
            tools.append(Tool("Mark as mailed", self.url("posted", obj.pk)))
        return tools

    def card_view(self, request, object_id):
        tribute = self.get_or_404(request, object_id, permission="view")
        content = cards.draw(tribute, at=request.now)
        return HttpResponse(content, content_type="application/pdf")

    def posted_view(self, request, object_id):
        tribute = self.get_or_404(request, object_id)
        if request.method != "POST":
            return self.act_page(
                request,
                tribute,
                title="Mark the card as mailed",
                words=[f"The card to {tribute.family_name} is printed and in the mail."],
                button="Mark as mailed",
            )
        Tribute.objects.filter(pk=tribute.pk, posted_at=None).update(
            posted_at=request.now, posted_by=request.user
        )
        return self.done(request, tribute, "The card is marked as mailed.")


@admin.register(GiftInKind)
class GiftInKindAdmin(BaseAdmin):
    """Gifts in kind are described, never valued."""

    holds_money = True
    list_display = ["giver_name", "received_on", "description", "acknowledgment"]
    search_fields = ["giver_name", "giver_email", "description"]
    date_hierarchy = "received_on"
    raw_id_fields = ["person"]
    fields = [
        "giver_name", "giver_email", "postal_address", "person", "description", "received_on",
        "returned_on", "acknowledgment",
    ]  # fmt: skip
    readonly_fields = ["acknowledgment"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("statements")

    @admin.display(description="acknowledgment")
    def acknowledgment(self, gift):
        last = _last_acknowledgment(gift)
        if last is None:
            return "none yet"
        how = "e-mailed" if last.mailed_at else "printed" if last.printed_at else "to print"
        return f"no. {last.number}, {how}"

    def save_model(self, request, obj, form, change):
        if not change:
            obj.recorded_by = request.user
        super().save_model(request, obj, form, change)

    def get_urls(self):
        route = "<int:object_id>/letter/"
        return [
            self.own_path(route, self.acknowledgment_view, "acknowledgment"),
            *super().get_urls(),
        ]

    def tools(self, request, obj):
        if not self.has_change_permission(request, obj):
            return []
        last = _last_acknowledgment(obj)
        words = "Correct the acknowledgment" if last else "Write the acknowledgment"
        return [
            Tool(words, self.url("acknowledgment", obj.pk)),
            *([Tool("View the acknowledgment", last.url)] if last else []),
        ]

    def acknowledgment_view(self, request, object_id):
        """Freeze the acknowledgment, and e-mail it if there is an address."""
        gift = self.get_or_404(request, object_id)
        last = _last_acknowledgment(gift)
        if gift.received_on > day_of(request.now):
            raise PermissionDenied
        if request.method != "POST":
            goes = (
                f"It will be e-mailed to {gift.giver_email}."
                if gift.giver_email
                else "There is no e-mail address, so you print it."
            )
            return self.act_page(
                request,
                gift,
                title="Write the acknowledgment",
                words=[
                    f"It thanks {gift.giver_name} for: {gift.description}",
                    "Its text can't be changed afterward. " + goes,
                    *([f"It replaces no. {last.number}."] if last else []),
                ],
                button="Write the acknowledgment",
            )
        acknowledgment = statements.issue_in_kind(gift, at=request.now, replaces=last)
        is_mailed = statements.post(acknowledgment, at=request.now)
        how = "e-mailed" if is_mailed else "ready to print"
        return self.done(request, gift, f"Acknowledgment no. {acknowledgment.number} is {how}.")


def _last_acknowledgment(gift: GiftInKind) -> Statement | None:
    return max(gift.statements.all(), key=lambda each: each.serial, default=None)
