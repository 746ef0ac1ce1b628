from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NscaConfig(AppConfig):
    name = "nsca"
    verbose_name = "Norfolk Sister City Association"

    def ready(self):
        from events.night import preflight
        from membership import consents, mailings_known, records
        from membership.models import Consent
        from membership.story import register as register_source
        from nsca import checks, health, search_sources, story  # noqa: F401 - registers the checks
        from nsca.lib import outbox
        from nsca.personal import NewsletterList, PagesKeeper, left_the_newsletter
        from nsca.readers import NewsletterReaders
        from pages import newsletter

        outbox.seal_it()
        mailings_known.register_list("newsletter", NewsletterReaders())
        search_sources.register()
        preflight.also_ask(health.troubles)
        records.register(PagesKeeper())
        for source in story.all_of_ours():
            register_source(source)
        consents.register(Consent.Topic.NEWSLETTER, NewsletterList())
        newsletter.call_after_leaving(left_the_newsletter)


class NscaAdminConfig(AdminConfig):
    default_site = "nsca.admin_site.StaffSite"
