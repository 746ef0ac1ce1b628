from django.apps import AppConfig


class MembershipConfig(AppConfig):
    name = "membership"
    verbose_name = "People and membership"
    default_auto_field = "django.db.models.BigAutoField"
