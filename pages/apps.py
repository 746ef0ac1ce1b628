from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "Pages and news"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from nsca.lib import letterhead
        from pages.particulars import as_letterhead

        letterhead.comes_from(as_letterhead)
