"""Who may sign in, and which of them work here."""

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission

from membership.models import User
from nsca.lib.desk.base import Desk, Tool

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
