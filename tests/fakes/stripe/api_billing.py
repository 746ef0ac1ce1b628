"""The addresses of Billing: what each does, and what it refuses."""

import re

from tests.fakes.stripe import lists
from tests.fakes.stripe.words import check, check_metadata, check_words, nested, shown

A_PRICE = r"\[price_data\](\[currency\]|\[unit_amount\]|\[product\]|\[recurring\]\[interval\])"
A_SUBSCRIPTION_KNOWS = [
    r"customer", rf"items\[0\]({A_PRICE}|\[quantity\])", r"trial_end", r"proration_behavior",
    r"off_session", r"payment_settings\[payment_method_types\]\[\d\]", r"description",
    r"metadata\[\w+\]",
]  # fmt: skip
A_CHANGE_KNOWS = [r"trial_end", r"proration_behavior", rf"items\[0\]({A_PRICE}|\[id\])"]
A_PORTAL_KNOWS = [
    r"customer", r"return_url", r"flow_data\[type\]", r"flow_data\[after_completion\]\[type\]",
    r"flow_data\[after_completion\]\[redirect\]\[return_url\]",
]  # fmt: skip


class BillingApi:
    """What Stripe answers of it; None where the address is another's."""

    def route_billing(self, method, path, params):
        for pattern, verb, act in (
            (r"/v1/products", "POST", self._make_product),
            (r"/v1/products/([\w-]+)", "GET", self._get_product),
            (r"/v1/customers/(\w+)", "POST", self._change_customer),
            (r"/v1/subscriptions", "POST", self._subscribe),
            (r"/v1/subscriptions", "GET", self._list_subscriptions),
            (r"/v1/subscriptions/(\w+)", "GET", self._get("subscriptions")),
            (r"/v1/subscriptions/(\w+)", "POST", self._change_subscription),
            (r"/v1/subscriptions/(\w+)", "DELETE", self._cancel_subscription),
            (r"/v1/invoices", "GET", self._list_invoices),
            (r"/v1/invoices/(\w+)", "GET", self._get("invoices")),
            (r"/v1/invoices/(\w+)/void", "POST", self._void),
            (r"/v1/billing_portal/sessions", "POST", self._portal),
        ):
            found = re.fullmatch(pattern, path) if method == verb else None
            if found:
                return act(path, params, *found.groups())
        return None

    def _get(self, store):
        def get(path, params, name):
            return self._full(shown(self._one(store, name)), params, "payments")

        return get

    def _make_product(self, path, params):
        check_words(params, [r"id", r"name"])
        check(params["id"] not in self.products, "It exists.", "resource_already_exists")
        self.products[params["id"]] = {"object": "product", "active": True, **params}
        return self.products[params["id"]]

    def _get_product(self, path, params, name):
        return shown(self._one("products", name))

    def _change_customer(self, path, params, name):
        check_words(params, [r"invoice_settings\[default_payment_method\]"])
        customer = self._one("customers", name)
        card = params["invoice_settings[default_payment_method]"]
        check(card in customer["_cards"], "The card is not the customer's.", "resource_missing")
        customer["invoice_settings"]["default_payment_method"] = card
        return shown(customer)

    def _subscribe(self, path, params):
        check_words(params, A_SUBSCRIPTION_KNOWS)
        check_metadata(nested(params, "metadata"))
        request = {
            "customer": params["customer"],
            "trial_end": int(params["trial_end"]),
            "description": params.get("description"),
            "metadata": nested(params, "metadata"),
            "price": self._price_request(params),
        }
        return shown(self.subscribe(request))

    def _change_subscription(self, path, params, name):
        check_words(params, A_CHANGE_KNOWS)
        check(params.get("proration_behavior") == "none", "This shop never prorates.")
        subscription = self._one("subscriptions", name)
        has_price = any("price_data" in key for key in params)
        return shown(
            self.change(
                subscription,
                trial_end=int(params["trial_end"]) if "trial_end" in params else None,
                price=self._price_request(params) if has_price else None,
                item_id=params.get("items[0][id]"),
            )
        )

    def _cancel_subscription(self, path, params, name):
        return shown(self._cancel(self._one("subscriptions", name)))

    def _void(self, path, params, name):
        return shown(self.void(self._one("invoices", name)))

    def _portal(self, path, params):
        check_words(params, A_PORTAL_KNOWS)
        return shown(
            self.open_portal(params["customer"], params["return_url"], params["flow_data[type]"])
        )

    def _list_subscriptions(self, path, params):
        params = dict(params)
        rows = list(self.subscriptions.values())
        if params.pop("status", "") != "all":
            rows = [row for row in rows if row["status"] != "canceled"]
        return lists.page(self, path, rows, params, filters=["customer"])

    def _list_invoices(self, path, params):
        rows = [dict(row, _subscription=row["_subscription"]) for row in self.invoices.values()]
        answer = lists.page(self, path, rows, params, filters=["customer", "subscription"])
        for each in answer["data"]:
            self._full(each, params, "data.payments")
        return answer

    def _full(self, answer, params, way):
        """The answer with the payments of an invoice, where they are asked for."""
        asked = [value for name, value in params.items() if name.startswith("expand")]
        if answer["object"] == "invoice" and way in asked:
            answer["payments"] = self.payments_of(answer["id"])
        return answer

    @staticmethod
    def _price_request(params):
        price = "items[0][price_data]"
        cents = int(params[f"{price}[unit_amount]"])
        check(cents > 0, "A price is more than nothing.")
        check(params[f"{price}[currency]"] == "usd", "Dollars.")
        interval = params[f"{price}[recurring][interval]"]
        check(interval in ("month", "year"), "Months or years.")
        return {
            "product": params[f"{price}[product]"],
            "unit_amount": cents,
            "interval": interval,
        }
