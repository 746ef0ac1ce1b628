"""Admin pages of pages, news, settings, messages, subscribers, search and open questions."""

from django.contrib import admin
from django.db.models import BooleanField, ExpressionWrapper, Q

from nsca.lib.desk.base import BaseAdmin, Tool
from nsca.lib.desk.exports import SafeResource
from nsca.lib.desk.fields import LinksField
from nsca.lib.desk.filters import stamped
from nsca.lib.desk.kinds import OneRowAdmin, PreviewedAdmin
from pages.models import (
    Message,
    OpenQuestion,
    Page,
    Post,
    Redirect,
    SiteSettings,
    Subscriber,
    Synonym,
)
from pages.views import render_page, render_post

AnsweredFilter = stamped("answered_at", title="answered", parameter="answered")


class PublishedAdmin(PreviewedAdmin):
    """Records with a draft state and a publication time."""

    def get_changeform_initial_data(self, request):
        return {
            "publish_at": request.now.replace(second=0),
            **super().get_changeform_initial_data(request),
        }

    @admin.display(description="status")
    def status(self, obj):
        if obj.is_draft:
            return "draft"
        return "published" if obj.is_due else "scheduled"

    def get_queryset(self, request):
        is_due = ExpressionWrapper(Q(publish_at__lte=request.now), BooleanField())
        return super().get_queryset(request).annotate(is_due=is_due)


@admin.register(Page)
class PageAdmin(PublishedAdmin):
    list_display = ["title", "address", "status", "in_menu", "position", "updated_at"]
    list_filter = ["is_draft", "in_menu"]
    search_fields = ["title", "path", "summary", "body"]
    fieldsets = [
        (None, {"fields": ["title", "menu_title", "path", "summary", "body"]}),
        ("Publishing and menu", {"fields": ["is_draft", "publish_at", "in_menu", "position"]}),
    ]

    def rendered(self, request, obj):
        others = Page.objects.published(request.now).exclude(pk=obj.pk)
        return render_page(
            request, obj, sorted([*others, obj], key=lambda p: (p.position, p.title))
        )

    @admin.display(description="address", ordering="path")
    def address(self, obj):
        return f"/about/{obj.path}/" if obj.path else "/about/"


@admin.register(Post)
class PostAdmin(PublishedAdmin):
    list_display = ["title", "status", "publish_at", "updated_at"]
    list_filter = ["is_draft"]
    search_fields = ["title", "summary", "body"]
    date_hierarchy = "publish_at"
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (None, {"fields": ["title", "slug", "summary", "body"]}),
        ("Picture", {"fields": ["image", "image_alt"]}),
        ("Publishing", {"fields": ["is_draft", "publish_at"]}),
    ]

    def rendered(self, request, obj):
        return render_post(request, obj)


@admin.register(SiteSettings)
class SiteSettingsAdmin(OneRowAdmin):
    holds_money = True
    fieldsets = [
        (None, {"fields": ["name", "short_name", "tagline", "founded_year"]}),
        ("Contact", {"fields": ["email", "phone", "postal_address", "staff_email"]}),
        ("Tax and legal", {"fields": ["ein", "disclosure", "refund_policy"]}),
        ("Social media", {"fields": ["social_links"]}),
        ("Card fee", {"fields": ["card_fee_percent", "card_fee_cents"]}),
        ("Security", {"fields": ["refund_proof_cents"]}),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "social_links":
            return db_field.formfield(form_class=LinksField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(Redirect)
class RedirectAdmin(BaseAdmin):
    list_display = ["old_path", "new_path"]
    search_fields = ["old_path", "new_path"]


class MessageResource(SafeResource):
    class Meta:
        model = Message
        fields = ["received_at", "name", "email", "about", "text", "answered_at"]
        export_order = fields


@admin.register(Message)
class MessageAdmin(BaseAdmin):
    """Messages from visitors: read-only, answered by e-mail and marked as answered."""

    resource_class = MessageResource
    list_display = ["name", "about", "received_at", "answered_at", "answered_by"]
    list_filter = [AnsweredFilter]
    search_fields = ["name", "email", "about", "text"]
    date_hierarchy = "received_at"
    fields = ["name", "email", "about", "text", "received_at", "answered_at", "answered_by"]
    readonly_fields = fields
    list_select_related = ["answered_by"]

    def has_add_permission(self, request):
        return False

    def get_urls(self):
        return [
            self.own_path("<int:object_id>/answered/", self.answered_view, "answered")
        ] + super().get_urls()

    def tools(self, request, obj):
        may = self.has_change_permission(request, obj) and obj.answered_at is None
        return [Tool("Mark as answered", self.url("answered", obj.pk))] if may else []

    def answered_view(self, request, object_id):
        message = self.get_or_404(request, object_id)
        if request.method != "POST":
            return self.act_page(
                request,
                message,
                title="Mark as answered",
                words=[f"You have answered {message.name}, or no answer is needed."],
                button="Mark as answered",
            )
        message.answered_at = message.answered_at or request.now
        message.answered_by = message.answered_by or request.user
        message.save(update_fields=["answered_at", "answered_by"])
        return self.done(request, message, "Marked as answered.", url=self.url("changelist"))


class SubscriberResource(SafeResource):
    class Meta:
        model = Subscriber
        fields = ["email", "asked_at", "confirmed_at"]
        export_order = fields


@admin.register(Subscriber)
class SubscriberAdmin(BaseAdmin):
    """Newsletter subscribers: read-only, since people subscribe and leave themselves."""

    resource_class = SubscriberResource
    is_everybody = True
    list_display = ["email", "asked_at", "confirmed_at", "left_at"]
    list_filter = [
        stamped("confirmed_at", title="confirmed", parameter="confirmed"),
        stamped("left_at", title="left", parameter="left"),
    ]
    search_fields = ["email"]
    fields = ["email", "asked_at", "confirmed_at", "left_at"]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def exported(self, request, queryset):
        # Only confirmed subscribers who have not left may be e-mailed, so only they are exported.
        return super().exported(
            request, queryset.filter(confirmed_at__isnull=False, left_at__isnull=True)
        )


@admin.register(Synonym)
class SynonymAdmin(BaseAdmin):
    """Synonyms for the search, which uses them at once."""

    list_display = ["word", "means"]
    search_fields = ["word", "means"]
    fields = ["word", "means"]


@admin.register(OpenQuestion)
class OpenQuestionAdmin(BaseAdmin):
    list_display = ["question", "about", "where", "answered_at"]
    list_filter = [AnsweredFilter, "about"]
    search_fields = ["about", "question", "answer"]
    fields = ["about", "question", "where", "answer", "answered_at", "answered_by"]
    readonly_fields = ["about", "question", "where", "answered_at", "answered_by"]

    def has_add_permission(self, request):
        return False

    def save_model(self, request, obj, form, change):
        """Close the question with an answer, and reopen it without one."""
        is_answered = bool(obj.answer)
        obj.answered_at = (obj.answered_at or request.now) if is_answered else None
        obj.answered_by = (obj.answered_by or request.user) if is_answered else None
        super().save_model(request, obj, form, change)
