"""What is asked of a search and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

MAX_TEXT = 300
MAX_LIMIT = 200


class Sort(StrEnum):
    """In which order hits come.

    RELEVANCE is how well a product fits the text; where there is no text, the products that shoppers did most with
    in the last 90 days come first, and among equals those that the shop took up last. Where prices are to be near an
    amount, the nearest come first instead.
    """

    RELEVANCE = "relevance"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    NEWEST = "newest"


@dataclass(frozen=True)
class Filters:
    """What one and the same variant must satisfy, whatever the text says. Case does not matter in any of them.

    Attributes:
        price_min: lowest price, inclusive.
        price_max: highest price, inclusive.
        categories: names or slugs; a product in one of them, or anywhere below one of them, passes.
        brands: a product of one of them passes.
        colours: a variant in one of them passes.
        options: name to value; all must hold.
        option_values: values whose option is not known; each must hold, whatever the option is called.
        in_stock: at least one piece must be there now.
        exclude: words or phrases that neither the variant nor its product may say, as `shop.unwanted` reads them.
        price_near: an amount: what is nearest to it comes first; it leaves nothing out.
    """

    price_min: Decimal | None = None
    price_max: Decimal | None = None
    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    option_values: tuple[str, ...] = ()
    in_stock: bool = False
    exclude: tuple[str, ...] = ()
    price_near: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse a price that is no number."""
        for name in ("price_min", "price_max", "price_near"):
            value = getattr(self, name)
            if value is not None and not value.is_finite():
                raise ValueError(f"{name} is {value}, it must be a finite amount")


@dataclass(frozen=True)
class SearchQuery:
    """A page of a search.

    Attributes:
        text: what the shopper looks for; only the first 300 characters are read.
        filters: what every hit satisfies.
        sort: the order of the hits.
        offset: how many hits are left out at the start.
        limit: how many hits come at most.
    """

    text: str = ""
    filters: Filters = Filters()
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 5

    def __post_init__(self) -> None:
        """Refuse a page that cannot be."""
        if self.offset < 0:
            raise ValueError(f"offset is {self.offset}, it must be 0 or more")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise ValueError(f"limit is {self.limit}, it must be 1 to {MAX_LIMIT}")


@dataclass(frozen=True)
class SearchHit:
    """One product that was found.

    Attributes:
        product_slug: the product.
        sku: its cheapest variant in stock that satisfies the filters; the cheapest that does where none is in stock.
        score: comparable within one search only; 0 where the text had no part in it.
    """

    product_slug: str
    sku: str
    score: float


@dataclass(frozen=True)
class SearchResults:
    """A page of hits.

    Attributes:
        hits: the page, in order.
        total: how many products match in all.
        corrected: the text that was searched for instead, where words were misspelt or unknown; else None.
        near: whether nothing that matches is called what was asked for; it is only near to that in meaning.
        unsaid: words of the text that nothing that matches says, in the catalogue's words where it has them.
    """

    hits: tuple[SearchHit, ...]
    total: int
    corrected: str | None = None
    near: bool = False
    unsaid: tuple[str, ...] = ()
