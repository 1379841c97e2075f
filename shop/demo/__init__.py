"""The demo shop: Vendure's sample catalogue with invented offers, customers and half a year of simulated behaviour."""
