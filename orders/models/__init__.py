from orders.models.books import LedgerEntry, Task
from orders.models.deposits import Deposit, DepositLine
from orders.models.money import Dispute, Movement, Payment, Payout, Refund, StripeEvent
from orders.models.order import Line, Order, OrderQuerySet
from orders.models.recurring_payment import ChargeMail, RecurringCharge, RecurringPayment
from orders.models.traffic import PendingEvent, Traffic

__all__ = [
    "ChargeMail",
    "Deposit",
    "DepositLine",
    "Dispute",
    "LedgerEntry",
    "Line",
    "Movement",
    "Order",
    "OrderQuerySet",
    "Payment",
    "Payout",
    "PendingEvent",
    "Refund",
    "RecurringCharge",
    "RecurringPayment",
    "StripeEvent",
    "Task",
    "Traffic",
]
