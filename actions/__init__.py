"""What the conversation can do: thin actions between Rasa and the shop."""
