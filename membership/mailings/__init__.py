"""E-mail to a choice of people."""
