from django.urls import path

from orders import views

app_name = "orders"
urlpatterns = [
    path("<str:token>/", views.detail, name="detail"),
    path("<str:token>/receipt/", views.receipt, name="receipt"),
    path("<str:token>/pay/", views.pay, name="pay"),
    path("<str:token>/return/", views.come_back, name="return"),
    path("<str:token>/pretend/", views.pretend, name="pretend"),
]
