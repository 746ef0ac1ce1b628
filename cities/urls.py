"""Addresses under /cities/, part of the public contract."""

from django.urls import path

from cities import views

app_name = "cities"
urlpatterns = [
    path("", views.index, name="index"),
    path("inks.<slug:digest>.css", views.inks, name="inks"),
    path("<slug:slug>/", views.detail, name="detail"),
    path("<slug:slug>/poster.svg", views.poster, name="poster"),
    path("<slug:slug>/<slug:lang>/", views.welcome, name="welcome"),
]
