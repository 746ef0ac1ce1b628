from django.urls import path

from pages import views
from pages.content import feeds

app_name = "pages"
urlpatterns = [
    path("about/", views.about, name="about"),
    path("about/<path:path>/", views.page, name="page"),
    path("news/", views.news, name="news"),
    path("news/feed.xml", feeds.news, name="feed"),
    path("news/<slug:slug>/", views.post, name="post"),
    path("contact/", views.contact, name="contact"),
    path("contact/thanks/", views.contact_thanks, name="contact_thanks"),
    path("search/", views.search, name="search"),
    path("newsletter/", views.newsletter, name="newsletter"),
    path("newsletter/asked/", views.newsletter_asked, name="newsletter_asked"),
    path("newsletter/confirm/<str:token>/", views.newsletter_confirm, name="newsletter_confirm"),
    path("newsletter/leave/<str:token>/", views.newsletter_leave, name="newsletter_leave"),
]
