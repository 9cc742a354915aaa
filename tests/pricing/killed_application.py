"""Applies a review in a process of its own, which a test kills: `python FILE URL REVIEW`."""

import sys

from services.pricing.review_apply import apply
from tests.pricing.pricing_service import PricingService

url, review_id = sys.argv[1:]


def say(done, _of):
    sys.stdout.write(f"{done}\n")
    sys.stdout.flush()


apply(PricingService(url).desk, review_id, actor="a.analyst", progress=say)
