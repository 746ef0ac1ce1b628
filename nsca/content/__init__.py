"""The association's own words and facts, as data: one file per city, one per page.

`manage.py load_content` loads them. Nothing here is invented: what no source says is left out and,
like anything that needs checking, becomes an open question for staff.
"""
