"""E-mail: addresses, the outbox, the queue and the letterhead."""
