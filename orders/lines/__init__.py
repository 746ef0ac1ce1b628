"""Order lines: their kinds, locks and receipts."""
