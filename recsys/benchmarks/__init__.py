"""Public data and the demo shop, each read into the same frames, with the dates at which it is cut."""
