"""Newsletter subscriptions."""
