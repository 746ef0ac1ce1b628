"""Every address of the site (the outside contract: keep them)."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from events.public import feeds
from nsca.demo import views as views_demo
from nsca.ops import health
from nsca.site import seo, seo_pictures, views, views_home

urlpatterns = [
    path("", views_home.home, name="home"),
    # A calendar is made of events, and cities knows none, so it is here.
    path("cities/<slug:slug>/calendar.ics", feeds.city_calendar, name="city_calendar"),
    path("cities/<slug:slug>/og.png", seo_pictures.of_city, name="city_picture"),
    path("events/<slug:slug>/og.png", seo_pictures.of_event, name="event_picture"),
    path("og/site.png", seo_pictures.of_site, name="site_picture"),
    path("apple-touch-icon.png", seo_pictures.touch_icon, name="touch_icon"),
    path("favicon.ico", seo_pictures.favicon, name="favicon"),
    path("manifest.webmanifest", seo.manifest, name="manifest"),
    path("sitemap.xml", seo.sitemap, name="sitemap"),
    path("robots.txt", seo.robots, name="robots"),
    path(".well-known/security.txt", seo.security, name="security_txt"),
    path("cities/", include("cities.urls")),
    path("events/", include("events.urls")),
    path("tickets/", include("events.tickets.urls")),
    path("door/", include("events.door.urls")),
    path("orders/", include("orders.checkout.urls")),
    path("auto-renewal/", include("orders.recurring.urls")),
    path("stripe/", include("orders.reconciling.urls")),
    path("", include("membership.urls")),
    path("accounts/", include("membership.accounts.urls")),  # before allauth's of the same names
    # An address is proven by signing in with it; allauth would e-mail codes here and store them.
    path("accounts/email/", views.closed, name="account_email"),
    path("accounts/confirm-email/", views.closed, name="account_email_verification_sent"),
    path("accounts/password/<path:rest>", views.closed),  # nobody has a password here
    path("accounts/", include("allauth.urls")),
    path("", include("pages.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
if settings.MEDIA_URL.startswith("/"):
    urlpatterns += [path("media/<path:path>", views.media, name="media")]
if settings.OUTGOING_EMAIL_BACKEND.startswith("anymail.") and settings.ANYMAIL.get(
    "WEBHOOK_SECRET"
):
    # A provider's reports of returned e-mail. Without the secret, anybody could post them.
    urlpatterns += [path("mail/", include("anymail.urls"))]
if settings.DEMO:
    urlpatterns += [
        path("demo/mail/", views_demo.mailbox, name="demo_mailbox"),
        path("demo/mail/<str:key>/", views_demo.mail, name="demo_mail"),
        path("demo/mail/<str:key>/html/", views_demo.mail_html, name="demo_mail_html"),
        path(
            "demo/mail/<str:key>/attachments/<int:number>/",
            views_demo.mail_attachment,
            name="demo_mail_attachment",
        ),
    ]

handler400 = "nsca.site.errors.bad_request"
handler403 = "nsca.site.errors.forbidden"
handler404 = "nsca.site.errors.not_found"
handler500 = "nsca.site.errors.broken"
