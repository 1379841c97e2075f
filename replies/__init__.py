"""Writes replies that can state nothing but the facts they were given."""
