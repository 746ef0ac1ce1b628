from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class NscaConfig(AppConfig):
    name = "nsca"
    verbose_name = "Norfolk Sister City Association"

    def ready(self):
        # Here, because models are not loaded earlier. The checks register themselves with Django.
        from nsca import hooks
        from nsca.ops import checks, editions  # noqa: F401

        hooks.connect()


class NscaAdminConfig(AdminConfig):
    default_site = "nsca.desk.site.StaffSite"
