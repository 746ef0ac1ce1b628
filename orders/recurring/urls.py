from django.urls import path

from orders.recurring import views

app_name = "recurring"
urlpatterns = [
    path("<str:token>/", views.detail, name="detail"),
    path("<str:token>/card/", views.card, name="card"),
    path("<str:token>/pretend-card/", views.pretend_card, name="pretend_card"),
]
