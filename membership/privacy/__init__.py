"""What we hold on a person: exported, erased, forgotten in time."""
