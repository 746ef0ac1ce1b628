"""Every address of the site (the outside contract: keep them)."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from nsca import health, views, views_home

urlpatterns = [
    path("", views_home.home, name="home"),
    path("cities/", include("cities.urls")),
    path("events/", include("events.urls")),
    path("tickets/", include("events.urls_tickets")),
    path("orders/", include("orders.urls")),
    path("stripe/", include("orders.urls_stripe")),
    path("", include("membership.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("pages.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
if settings.MEDIA_URL.startswith("/"):
    urlpatterns += [path("media/<path:path>", views.media, name="media")]

handler400 = "nsca.errors.bad_request"
handler403 = "nsca.errors.forbidden"
handler404 = "nsca.errors.not_found"
handler500 = "nsca.errors.broken"
