# ruff: noqa: F401
"""The admin of orders and of the books. Each of these modules registers itself."""

from orders.books import admin as books
from orders.books import admin_deposits
from orders.checkout import admin as checkout
from orders.recurring import admin as recurring
