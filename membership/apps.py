from django.apps import AppConfig


class MembershipConfig(AppConfig):
    name = "membership"
    verbose_name = "People and membership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from anymail.signals import tracking

        from membership import (
            bereavement,
            farewell,
            kept_here,
            marks,
            records,
            story,
            story_sources,
        )
        from membership.auto_renewal import DuesStanding
        from membership.dues import DuesKind
        from membership.giving import GiftKind
        from orders import kinds, standing_kinds

        # Of every letter that comes back, whichever it was (where a mail provider is set up).
        tracking.connect(marks.heard, dispatch_uid="membership.marks")
        kinds.register(DuesKind())
        kinds.register(GiftKind())
        standing_kinds.register(DuesStanding())
        for stopping in (*bereavement.OURS, *farewell.OURS):
            bereavement.register(stopping)
        bereavement.register_afterwards(farewell.end_agreements)
        for keeper in kept_here.all_of_ours():
            records.register(keeper)
        for source in story_sources.all_of_ours():
            story.register(source)
