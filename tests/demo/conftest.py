"""The invented Kent-sized year, made once for all tests of the demonstration."""

import pytest

from services.demo.kent_year import kent_year
from shared.contracts.event import decode
from shared.contracts.placement import PlacementStarted
from tests.demo.pack import FEES, FRAMEWORK


@pytest.fixture(scope="session")
def made():
    return kent_year(FRAMEWORK, FEES)


@pytest.fixture(scope="session")
def starts(made):
    return [
        event.data
        for event in map(decode, (one.body for one in made.samples()))
        if isinstance(event.data, PlacementStarted)
    ]
