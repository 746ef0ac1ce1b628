"""Who may sign in, and which of them work here."""

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission

from membership.models import User
from nsca.lib.desk.base import Desk, Tool

RIGHTS = ("is_active", "is_staff", "groups", "user_permissions")
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
        gives = [name for name in RIGHTS if form.cleaned_data.get(name)]
        if {*RIGHTS} & {*form.changed_data} if change else {*gives} - {"is_active"}:
            self.must_be_proven(
                request,
                title="Change what somebody may do",
                words=_rights_in_words(obj, form.cleaned_data),
                button="Save",
            )
        if not change:
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
        asking = self.fresh_proof(request) if request.method == "POST" else None
        if request.method != "POST" or asking:
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
                asking=asking,
            )
        Authenticator.objects.filter(user=user).delete()
        return self.done(request, user, "Forgot the second factor.")


def _rights_in_words(user: User, said: dict) -> list[str]:
    """What the form says somebody may do from now on, before it is saved."""
    name = user.get_full_name()
    if not said.get("is_active", user.is_active):
        return [f"{name} ({user.email}) can no longer sign in."]
    if not said.get("is_staff", user.is_staff):
        return [f"{name} ({user.email}) may not enter the admin."]
    groups = ", ".join(sorted(group.name for group in said.get("groups") or ())) or "none"
    words = [f"{name} ({user.email}) may enter the admin. Groups: {groups}."]
    words += [f"Moreover: {one.name}." for one in said.get("user_permissions") or ()]
    return words
