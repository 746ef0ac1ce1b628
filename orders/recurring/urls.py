from django.urls import path

from orders.recurring import views as views_standing

app_name = "standing"
urlpatterns = [
    path("<str:token>/", views_standing.detail, name="detail"),
    path("<str:token>/card/", views_standing.card, name="card"),
    path("<str:token>/pretend-card/", views_standing.pretend_card, name="pretend_card"),
]
