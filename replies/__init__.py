"""Writes replies in the assistant's own words, in a form that cannot state a fact which it was not given."""
