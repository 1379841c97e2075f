"""Recommendations: a library that knows no shop, no Rasa and no settings."""
