"""The shop: catalogue, search, carts, orders, returns, customers and behaviour, over SQLAlchemy."""
