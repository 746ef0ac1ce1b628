"""URLs below /door/: what a volunteer's door link opens."""

from django.urls import path

from events.door import views as views_door
from events.door import views_offline as views_door_offline

app_name = "door"
urlpatterns = [
    path("worker.js", views_door_offline.worker, name="worker"),
    path("offline/", views_door_offline.offline, name="offline"),
    path("<str:token>/", views_door.home, name="home"),
    path("<str:token>/read/", views_door.read, name="read"),
    path("<str:token>/enter/", views_door.enter, name="enter"),
    path("<str:token>/undo/", views_door.undo, name="undo"),
    path("<str:token>/sell/", views_door.sell, name="sell"),
    path("<str:token>/counts/", views_door.counts, name="counts"),
]
