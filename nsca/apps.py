from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NscaConfig(AppConfig):
    name = "nsca"
    verbose_name = "Norfolk Sister City Association"

    def ready(self):
        from events.night import preflight
        from membership import mailings
        from nsca.readers import NewsletterReaders
        from nsca import checks, health, search_sources  # noqa: F401 - registers the checks

        mailings.register_list("newsletter", NewsletterReaders())
        search_sources.register()
        preflight.also_ask(health.troubles)


class NscaAdminConfig(AdminConfig):
    default_site = "nsca.admin_site.StaffSite"
