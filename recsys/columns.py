"""The vocabulary of the library: names of columns, of kinds of events, and of fields of features."""

from __future__ import annotations

from typing import Final

# Interactions: one row an event. Ids are text, times are UTC.
USER_ID: Final = "user_id"
ITEM_ID: Final = "item_id"
KIND: Final = "kind"
TIMESTAMP: Final = "timestamp"
QUANTITY: Final = "quantity"
BASKET_ID: Final = "basket_id"
MARKET: Final = "market"
WEIGHT: Final = "weight"

# Row numbers that a data set adds to its interactions.
USER: Final = "user"
ITEM: Final = "item"

# Features: one row a value, so that a field may have several.
FEATURE: Final = "feature"
VALUE: Final = "value"

REQUIRED_INTERACTIONS: Final = (USER_ID, ITEM_ID, KIND, TIMESTAMP)
OPTIONAL_INTERACTIONS: Final = (QUANTITY, BASKET_ID, MARKET, WEIGHT)

# Kinds of events.
VIEW: Final = "view"
CLICK: Final = "click"
CART: Final = "cart"
PURCHASE: Final = "purchase"
DISMISS: Final = "dismiss"
REFUND: Final = "refund"
POSITIVE_KINDS: Final = (VIEW, CLICK, CART, PURCHASE)
KINDS: Final = (*POSITIVE_KINDS, DISMISS, REFUND)

# Fields of items.
CATEGORY: Final = "category"
BRAND: Final = "brand"
PRICE: Final = "price"
COLOUR: Final = "colour"
TITLE: Final = "title"
IMAGE_CLUSTER: Final = "image_cluster"
AVAILABLE_FROM: Final = "available_from"

# Fields of users.
SEGMENT: Final = "segment"
COUNTRY: Final = "country"
DEVICE: Final = "device"

# Fields that a feature space adds itself.
IDENTITY: Final = "identity"
"""The column that a row has to itself."""
SPARE: Final = "spare"
"""An identity column that no row has yet."""
