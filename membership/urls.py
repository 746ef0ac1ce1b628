from django.urls import path

from membership import views, views_member

app_name = "membership"
urlpatterns = [
    path("join/", views.join, name="join"),
    path("renew/<str:token>/", views.renew, name="renew"),
    path("give/", views.give, name="give"),
    path("membership/", views_member.home, name="home"),
    path("membership/particulars/", views_member.particulars, name="particulars"),
    path("membership/renew/", views_member.start_renewal, name="start_renewal"),
]
