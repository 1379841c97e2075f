from __future__ import annotations

import logging
import threading
from decimal import Decimal

import pytest

from actions.bootstrap import Services
from actions.refreshing import Refreshing
from actions.storefront import Storefront
from shop.db import writing
from shop.models import Product, Variant
from shop.search import SearchQuery

PATIENCE_S = 30


def sell_a_kite(services: Services) -> None:
    with writing(services.sessions) as session:
        variant = Variant(sku="KITE", name="Kite", price=Decimal(9), currency="USD", stock=1, position=0)
        session.add(Product(slug="kite", name="Kite", description="It flies.", variants=[variant]))


def test_a_product_that_comes_while_the_server_runs_is_found(services: Services) -> None:
    services.search.refresh()
    sell_a_kite(services)
    done = threading.Event()

    def refresh() -> None:
        services.search.refresh()
        done.set()

    refreshing = Refreshing(refresh, every_s=0.01)
    refreshing.start()
    assert done.wait(PATIENCE_S)
    refreshing.stop()
    assert [hit.sku for hit in services.search.search(SearchQuery("kite")).hits] == ["KITE"]


def test_a_refresh_that_fails_is_logged_and_made_again(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []
    again = threading.Event()

    def refresh() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("away")
        again.set()

    refreshing = Refreshing(refresh, every_s=0.01)
    with caplog.at_level(logging.WARNING):
        refreshing.start()
        assert again.wait(PATIENCE_S)
        refreshing.stop()
    assert "could not be brought up to date: OSError" in caplog.text


def test_nothing_is_refreshed_after_the_stop() -> None:
    calls: list[int] = []
    refreshing = Refreshing(lambda: calls.append(1), every_s=3600)
    refreshing.start()
    refreshing.stop()
    assert not calls
    assert "refreshing" not in {thread.name for thread in threading.enumerate()}


def test_the_catalogue_counts_what_it_can_page(services: Services) -> None:
    services.search.refresh()
    sell_a_kite(services)
    page = Storefront(lambda: services).page()
    assert page["total"] == len(page["products"])
    services.search.refresh()
    later = Storefront(lambda: services).page()
    assert later["total"] == page["total"] + 1 == len(later["products"])
