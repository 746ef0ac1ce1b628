"""What the site draws, as pure functions of records: the same record is always the same drawing.

None of these modules knows a model, a request or a template. A drawing carries no style attribute,
so that the strict Content-Security-Policy holds; colours that belong to a page come by class.
"""
