from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "nsca.lib"
    label = "lib"
