"""The baseline for buying: a bare shop of five pages and one locked row, from `startproject`.

    python -m bench.shop prepare    makes its tables and two products
    bench.shop:application          for gunicorn

The product, the form (a purchase is written under the product's row lock and remembered in the
session), the page to pay on, the payment under the same lock, the thanks. Django's own middleware
and the site's database options; no guests, suppers, e-mails, receipts, throttles or other limits.
"""

import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ.get("BENCH_SHOP", ":memory:"),
            "CONN_MAX_AGE": 600,
            # As on the site: a purchase that was answered is on disk.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA synchronous=FULL",
            },
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="none is needed",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    USE_TZ=True,
)

application = get_wsgi_application()

from django import forms  # noqa: E402
from django.contrib import messages  # noqa: E402
from django.contrib.auth.models import Group, Permission, User  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.shortcuts import redirect  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import path  # noqa: E402


class Product(models.Model):
    slug = models.SlugField(unique=True)
    capacity = models.PositiveIntegerField()
    sold = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.slug

    @property
    def left(self):
        return max(0, self.capacity - self.sold)


class Purchase(models.Model):
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    name = models.CharField(max_length=150)
    email = models.EmailField()
    is_paid = models.BooleanField(default=False)

    class Meta:
        app_label = "shop"

    def __str__(self):
        return self.name


class BuyForm(forms.ModelForm):
    class Meta:
        model = Purchase
        fields = ["name", "email"]


BASE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{{ title }}</title></head>
<body><header><a href="/">The shop</a>{% if user.is_authenticated %} {{ user }}{% endif %}</header>
{% for message in messages %}<p>{{ message }}</p>{% endfor %}<main><h1>{{ title }}</h1>
{% if product %}<p>{{ product.left }} left</p>{% endif %}{% if form %}<form method="post">
{% csrf_token %}{{ form.as_p }}<button>{{ button }}</button></form>{% endif %}</main>
</body></html>"""
PAGE = engines["django"].from_string(BASE)


def page(request, title, **context):
    return HttpResponse(PAGE.render({"title": title, **context}, request))


def choose(request, slug):
    product = Product.objects.get(slug=slug)
    if not product.left:
        return page(request, "Sold out")
    return page(request, slug, product=product, form=BuyForm(), button="Buy")


def buy(request, slug):
    form = BuyForm(request.POST)
    if not form.is_valid():
        return page(request, slug, form=form, button="Buy")
    with transaction.atomic():
        product = Product.objects.select_for_update().get(slug=slug)
        if not product.left:
            return page(request, "Sold out")
        product.sold += 1
        product.save(update_fields=["sold"])
        form.instance.product = product
        request.session["purchase"] = form.save().pk
    return redirect("pay")


def pay(request):
    if request.method == "POST":
        with transaction.atomic():
            bought = Purchase.objects.select_for_update()
            purchase = bought.get(pk=request.session["purchase"])
            purchase.is_paid = True
            purchase.save(update_fields=["is_paid"])
        messages.success(request, "Paid.")
        return redirect("done")
    purchase = Purchase.objects.select_related("product").get(pk=request.session["purchase"])
    return page(request, f"Pay {purchase.product.slug}", form=forms.Form(), button="Pay")


def done(request):
    purchase = Purchase.objects.get(pk=request.session["purchase"], is_paid=True)
    return page(request, f"Thank you, {purchase.name}")


urlpatterns = [
    path("pay/", pay, name="pay"),
    path("done/", done, name="done"),
    path("<slug:slug>/", choose, name="choose"),
    path("<slug:slug>/buy/", buy, name="buy"),
]


def prepare():
    with connection.schema_editor() as editor:
        for model in (ContentType, Permission, Group, User, Session, Product, Purchase):
            editor.create_model(model)
    Product.objects.create(slug="many", capacity=1_000_000)
    Product.objects.create(slug="rush", capacity=100)


if __name__ == "__main__" and sys.argv[1:] == ["prepare"]:
    prepare()
