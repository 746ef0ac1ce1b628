"""Webhooks, reconciliation, recovery, disputes and payouts."""
