from django.apps import AppConfig


class MembershipConfig(AppConfig):
    name = "membership"
    verbose_name = "People and membership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from membership.auto_renewal import DuesStanding
        from membership.dues import DuesKind
        from membership.giving import GiftKind
        from orders import kinds, standing_kinds

        kinds.register(DuesKind())
        kinds.register(GiftKind())
        standing_kinds.register(DuesStanding())
