"""The ledger, deposits, and the report for the treasurer."""
