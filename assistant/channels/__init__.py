"""Doors through which shoppers reach the assistant: one module a channel, and what they share."""
