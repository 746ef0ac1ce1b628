"""A season that never was: sample events, people and sales for a demonstration, as data.

`manage.py seed_demo` brings it in, relative to today. Every name, amount and place in it is
invented, says so in the admin (`is_sample`), and stays out of production.
"""
