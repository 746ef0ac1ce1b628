from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NscaConfig(AppConfig):
    name = "nsca"
    verbose_name = "Norfolk Sister City Association"

    def ready(self):
        from nsca import checks, search_sources  # noqa: F401 - registers the checks

        search_sources.register()


class NscaAdminConfig(AdminConfig):
    default_site = "nsca.admin_site.StaffSite"
