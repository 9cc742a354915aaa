"""Moves the horizon with the days, so that finance hears of a birthday before it happens."""

from datetime import timedelta

from services.pricing.desk import Desk
from services.pricing.placements.repricing import Repriced, reprice_each
from services.pricing.store.placements import ids_with_birthday_by


def tick(desk: Desk) -> Repriced:
    """Tell finance of every birthday, and every stay long enough, within the notice period now.

    It may be done as often as one likes: what was told is not told again.
    """
    today = desk.clock.today()
    horizon = today + timedelta(days=desk.framework.conventions.notice_days)
    with desk.database.reading() as connection:
        due = ids_with_birthday_by(connection, horizon)
    return reprice_each(desk, f"tick:{today}", None, ids=due)
