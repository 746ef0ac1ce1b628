"""Mail: addresses, the outbox, and what it may say."""
