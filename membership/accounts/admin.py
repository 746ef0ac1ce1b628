"""Users: who may sign in, and which of them are staff."""

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import transaction
from django.http import Http404

from membership.accounts import sessions
from membership.models import User
from membership.security import address_mail
from membership.security import log as security_log
from membership.security.log import Kind
from nsca.lib.desk.base import BaseAdmin, Tool
from nsca.lib.secrets import codes

RIGHTS = ("is_active", "is_staff", "groups", "user_permissions")
SINGLE_PERMISSIONS = ("see_venue", "hold_reveal")  # what a director may give to one person alone


@admin.register(User)
class UserAdmin(BaseAdmin):
    """Who may sign in, and which of them are staff. To remove someone, clear “active”."""

    holds_money = True
    list_display = ["email", "name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "groups"]
    search_fields = ["email", "name"]
    fieldsets = [
        (None, {"fields": ["email", "name", "is_active"]}),
        ("Staff access", {"fields": ["is_staff", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
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
            field.label = "Extra permissions"
            field.label_from_instance = lambda permission: permission.name
            field.help_text = "For this person only, in addition to their groups."
        else:
            field.help_text = "Their jobs. Each group sees only what it needs."
        return field

    def get_readonly_fields(self, request, obj=None):
        # The address decides whose tickets a user sees, so only a code can confirm a new one.
        mine = [*self.readonly_fields, *(["email"] if obj else [])]
        # Nobody may remove or extend their own rights.
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
                title="Change permissions",
                words=_rights_in_words(obj, form.cleaned_data),
                button="Save",
            )
        form.rights_before = _rights_of(User.objects.get(pk=obj.pk)) if change else ""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            User.objects.give_address(obj)

    def save_related(self, request, form, formsets, change):
        """A change of rights signs the user out everywhere."""
        super().save_related(request, form, formsets, change)
        user, at = form.instance, request.now
        rights = _rights_of(user)
        if rights != form.rights_before and (change or user.is_staff):
            security_log.note(Kind.RIGHTS, at=at, who=request.user, whom=user, detail=rights)
            sessions.end_all(user, at=at, by=request.user, because="rights changed")

    def get_urls(self):
        return [
            self.own_path("<int:object_id>/forget/", self.forget_view, "forget"),
            self.own_path("<int:object_id>/sessions/", self.sessions_view, "sessions"),
            *super().get_urls(),
        ]

    def tools(self, request, obj):
        if not self.has_change_permission(request, obj):
            return []
        tools = [Tool("Signed-in devices", self.url("sessions", obj.pk))]
        if obj != request.user and Authenticator.objects.filter(user=obj).exists():
            tools.append(Tool("Remove second factor", self.url("forget", obj.pk)))
        return tools

    def sessions_view(self, request, object_id):
        """A user's sessions, with buttons to end one or all."""
        user = self.get_or_404(request, object_id)
        rows = sessions.open_of(user, at=request.now)
        if request.method == "POST":
            key = codes.primary_key(request.POST.get("session"))
            chosen = [row for row in rows if row.pk == key]
            if "all" in request.POST:
                sessions.end_all(user, at=request.now, by=request.user, because="by staff")
            elif not chosen or not sessions.end(chosen[0], at=request.now, by=request.user):
                raise Http404("not an open session of this user")
            words = "All sessions ended." if "all" in request.POST else "Session ended."
            return self.done(request, user, words, url=self.url("sessions", user.pk))
        return self.page(
            request,
            "admin/membership/user/sessions.html",
            obj=user,
            title=f"Where {user.get_full_name()} is signed in",
            rows=rows,
        )

    def forget_view(self, request, object_id):
        """For a lost phone: remove the second factor, so that a new one can be set up."""
        user = self.get_or_404(request, object_id)
        asking = self.fresh_proof(request) if request.method == "POST" else None
        if request.method != "POST" or asking:
            return self.act_page(
                request,
                user,
                title="Remove second factor",
                words=[
                    f"For when {user.get_full_name()} has lost their phone or security key.",
                    "Speak to them first. A request by e-mail may come from somebody else.",
                    "This ends all their sessions. They can then sign in once with an e-mailed "
                    "code, and must set up a new second factor right away.",
                ],
                button="Remove second factor",
                is_grave=True,
                asking=asking,
            )
        with transaction.atomic():
            Authenticator.objects.filter(user=user).delete()
            sessions.end_all(
                user, at=request.now, by=request.user, because="second factor removed"
            )
            address_mail.factor_changed(user, "all", at=request.now, by=request.user)
        return self.done(request, user, "Second factor removed.")


def _rights_in_words(user: User, said: dict) -> list[str]:
    """The new permissions as sentences, before they are saved."""
    name = user.get_full_name()
    if not said.get("is_active", user.is_active):
        return [f"{name} ({user.email}) will no longer be able to sign in."]
    if not said.get("is_staff", user.is_staff):
        return [f"{name} ({user.email}) will have no access to the admin."]
    groups = ", ".join(sorted(group.name for group in said.get("groups") or ())) or "none"
    words = [f"{name} ({user.email}) will have access to the admin. Groups: {groups}."]
    words += [f"Extra permission: {one.name}." for one in said.get("user_permissions") or ()]
    return words


def _rights_of(user: User) -> str:
    """A user's groups and permissions for the security log, without names."""
    groups = ", ".join(user.groups.order_by("name").values_list("name", flat=True)) or "none"
    single = ", ".join(user.user_permissions.order_by("pk").values_list("codename", flat=True))
    words = [
        "active" if user.is_active else "not active",
        "admin" if user.is_staff else "no admin",
        f"groups: {groups}",
    ]
    return "; ".join([*words, f"extra: {single}"] if single else words)
