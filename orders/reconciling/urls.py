from django.urls import path

from orders.reconciling import views as views_stripe

app_name = "stripe"
urlpatterns = [path("webhook/", views_stripe.webhook, name="webhook")]
