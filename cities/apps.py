from django.apps import AppConfig


class CitiesConfig(AppConfig):
    name = "cities"
    verbose_name = "Cities"
    default_auto_field = "django.db.models.BigAutoField"
