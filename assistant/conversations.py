"""Where conversations are kept: Rasa's SQL store, which says nothing of what was said."""

from __future__ import annotations

from typing import Any

from rasa.core.tracker_store import SQLTrackerStore


class ConversationStore(SQLTrackerStore):
    """Rasa's own store, except that its errors leave out the values of a statement.

    Rasa logs each failure to save with the whole message of the error, which would hold addresses and the shopper's
    words. Loaded by its path in `endpoints.yml`.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.engine.hide_parameters = True
