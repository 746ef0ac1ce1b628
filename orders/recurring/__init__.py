"""Recurring payments, monthly or yearly."""
