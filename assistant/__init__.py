"""The conversation: what a shopper says, understood and answered through Rasa (Python 3.10)."""
