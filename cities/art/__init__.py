"""The site's drawings, as pure functions of records: the same record, the same drawing.

None of these modules uses a model, a request or a template. A drawing has no style attribute,
because of the strict Content-Security-Policy; colors that belong to a page come from classes.
"""
