"""Sample events, people and sales for a demonstration, as data.

`manage.py seed_demo` loads them, relative to today. Every name, amount and venue is invented, is
marked in the admin (`is_sample`), and stays out of production.
"""
