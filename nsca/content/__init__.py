"""The association's own words and facts, as data: one file a city, one file a page.

`manage.py load_content` brings them in. Nothing here is invented: what no source says stays out
and becomes an open question for staff, and so does what wants checking.
"""
