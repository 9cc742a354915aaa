"""Moves the horizon with the days, so that finance hears of a birthday before it happens."""

from datetime import timedelta

from services.pricing.desk import Desk
from services.pricing.repricing import Repriced, reprice
from services.pricing.store.placements import ids_with_birthday_by, portions


def tick(desk: Desk) -> Repriced:
    """Tell finance of every birthday that lies within the notice period now.

    It may be done as often as one likes: what was told is not told again.
    """
    today = desk.clock.today()
    horizon = today + timedelta(days=desk.framework.conventions.notice_days)
    with desk.database.reading() as connection:
        due = ids_with_birthday_by(connection, horizon)
    sum_ = Repriced()
    for some in portions(due):
        with desk.work(f"tick:{today}") as work:
            repriced = reprice(work, desk.framework, some)
        sum_.include(repriced)
    return sum_
