"""What an order is made of: kinds of line, locks, receipts."""
