"""The payment service: Stripe, or a pretend one."""
