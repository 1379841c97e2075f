"""Public photos, a demo shop's own, and what is asked of them."""
