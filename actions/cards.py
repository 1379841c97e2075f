"""How products look: cards with photo, price, stock and buttons, and the same as plain lines."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from actions.labels import Labels
from actions.turn import Button, Element
from shop.catalogue import ProductView, VariantView
from shop.models import utc_now
from shop.promotions import PromotionView

IMAGES_PATH = "/webhooks/web/images/"
# A price that ends within this time is counted down.
COUNTED_DOWN = dt.timedelta(days=1)
_FEW = 5


def payload(intent: str, **entities: str | list[str]) -> str:
    """Write the message that a button sends: an intent with its entities, which no language model reads."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False) if entities else ''}"


def button(labels: Labels, label: str, intent: str, **entities: str | list[str]) -> Button:
    """Make a button whose title is a label."""
    return named_button(labels.text(f"buttons.{label}"), intent, **entities)


def named_button(title: str, intent: str, **entities: str | list[str]) -> Button:
    """Make a button whose title is a name from the catalogue."""
    return {"title": title, "type": "postback", "payload": payload(intent, **entities)}


def image_address(location: str | None) -> str | None:
    """Tell where a browser finds a picture: a file of the shop's own, or an address on the web."""
    if location is None or location.startswith("https://"):
        return location
    return f"{IMAGES_PATH}{quote(location)}"


def stock_text(labels: Labels, stock: int) -> str:
    """Say how many pieces there are, as a card does."""
    if stock <= 0:
        return labels.text("stock.none")
    return labels.text("stock.few", count=stock) if stock <= _FEW else labels.text("stock.some", count=stock)


def product_stock_text(labels: Labels, product: ProductView) -> str:
    """Say whether a product is in stock; of several variants it tells only that some are."""
    if len(product.variants) == 1:
        return stock_text(labels, product.variants[0].stock)
    return labels.text("stock.yes" if product.in_stock else "stock.none")


def price_text(labels: Labels, product: ProductView, shown: VariantView | None = None) -> str:
    """Say what a product costs: its price, or from where its prices start.

    Args:
        labels: the language.
        product: the product.
        shown: the variant that a search found; its own price is said where a cheaper variant did not fit the search.
    """
    if product.price_min == product.price_max:
        return reduction_text(labels, product.variants[0])
    if shown is not None and shown.price != product.price_min:
        price = labels.text("price.of", price=labels.money(shown.price), options=labels.all_of(shown.options.values()))
    else:
        price = labels.text("price.from", price=labels.money(product.price_min))
    return _with_promotion(labels, price, product.promotion)


def told_variant(product: ProductView, sku: str | None = None) -> VariantView:
    """Give the variant whose price a card tells: the one that was found, or the cheapest."""
    shown = variant_of(product, sku)
    if shown is not None and shown.price != product.price_min:
        return shown
    return min(product.variants, key=lambda variant: variant.price.amount)


def reduction_text(labels: Labels, variant: VariantView) -> str:
    """Say what one variant costs, and where a promotion runs, what it cost and until when it is so."""
    price, cut = labels.money(variant.price), variant.promotion
    if cut is None or variant.was is None:
        return price
    return _cut_text(labels, "price.reduced", cut, price=price, was=labels.money(variant.was))


def _with_promotion(labels: Labels, price: str, cut: PromotionView | None) -> str:
    if cut is None:
        return price
    return _cut_text(labels, "price.reduced_some", cut, price=price)


def _cut_text(labels: Labels, key: str, cut: PromotionView, **texts: str) -> str:
    """Write a reduced price with the day on which its promotion ends; on its last day, with the time that is left."""
    left = cut.ends_at - utc_now()
    if left >= COUNTED_DOWN:
        return labels.text(key, percent=cut.percent, until=labels.date(cut.ends_at), **texts)
    return labels.text(f"{key}_soon", percent=cut.percent, left=left_text(labels, left), **texts)


def left_text(labels: Labels, left: dt.timedelta) -> str:
    """Write how much time is left, in whole minutes."""
    hours, minutes = divmod(max(int(left.total_seconds()) // 60, 0), 60)
    if hours:
        return labels.text("price.left_hours", hours=hours, minutes=minutes)
    return labels.text("price.left_minutes", minutes=minutes)


def variant_title(product_name: str, options: Mapping[str, str]) -> str:
    """Name a variant: its product, and the options that the name does not say already.

    >>> variant_title("Laptop", {"screen size": "13 inch", "RAM": "8GB"})
    'Laptop (13 inch, 8GB)'
    """
    missing = [value for value in options.values() if value.casefold() not in product_name.casefold()]
    return f"{product_name} ({', '.join(missing)})" if missing else product_name


def variant_of(product: ProductView, sku: str | None) -> VariantView | None:
    """Find a product's variant by its SKU."""
    return next((one for one in product.variants if sku is not None and one.sku.lower() == sku.lower()), None)


def subtitle(labels: Labels, product: ProductView, sku: str | None = None) -> str:
    """Say price and stock in one line."""
    price = price_text(labels, product, variant_of(product, sku))
    return labels.text("card.subtitle", price=price, stock=product_stock_text(labels, product))


def product_card(labels: Labels, product: ProductView, sku: str | None = None, *, details: bool = True) -> Element:
    """Make the card of a product; where there is something to choose, its button asks and does not guess."""
    element: Element = {"title": product.name, "subtitle": subtitle(labels, product, sku), "buttons": []}
    variant = variant_of(product, sku) or product.variants[0]
    picture = image_address(variant.image or next(iter(product.images), None))
    if picture:
        element["image_url"] = picture
    if len(product.variants) > 1 and product.in_stock:
        element["buttons"].append(button(labels, "choose", "add_to_cart", product=product.slug))
    elif product.in_stock:
        element["buttons"].append(button(labels, "add", "add_to_cart", sku=product.variants[0].sku))
    if details:
        element["buttons"].append(button(labels, "details", "show_details", product=product.slug))
    return element


def listing(labels: Labels, shown: Sequence[tuple[ProductView, str]], first: int = 1) -> str:
    """Write products as numbered lines, for channels that show no cards."""
    return "\n".join(
        labels.text("card.line", place=place, title=product.name, subtitle=subtitle(labels, product, sku))
        for place, (product, sku) in enumerate(shown, start=first)
    )
