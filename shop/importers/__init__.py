"""Catalogues from elsewhere: a module a format, and one upsert for all of them.

A reader turns a file into `catalogue_rows.ProductRow`s and reports the rows it refuses; `upsert` makes the database say
the same as the good ones, and touches nothing that already does.
"""
