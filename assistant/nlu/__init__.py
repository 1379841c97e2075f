"""Understanding a message: features, the intent, and what is named in it."""
