"""What is charged again, by the month or by the year."""
