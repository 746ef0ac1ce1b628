"""Open a migrated database's public pages and its orders, and print each one's status."""

import django


def main() -> None:
    django.setup()
    from django.test import Client
    from django.utils import timezone

    from cities.models import City
    from events.models import Event
    from orders.models import Order

    things = [*City.objects.all(), *Event.objects.published(timezone.now()), *Order.objects.all()]
    client = Client(headers={"host": "127.0.0.1"})
    for path in ["/", "/events/", *(thing.get_absolute_url() for thing in things)]:
        print(client.get(path).status_code)


if __name__ == "__main__":
    main()
