from django.urls import path

from orders.checkout import views, views_returning

app_name = "orders"
urlpatterns = [
    path("<str:token>/", views.detail, name="detail"),
    path("<str:token>/receipt/", views.receipt, name="receipt"),
    path("<str:token>/receipt.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("<str:token>/give-back/", views_returning.give_back, name="give_back"),
    path("<str:token>/pay/", views.pay, name="pay"),
    path("<str:token>/return/", views.come_back, name="return"),
    path("<str:token>/pretend/", views.pretend, name="pretend"),
]
