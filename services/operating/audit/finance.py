"""Compares every acknowledgement of finance's that is kept with what the log says of it."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, func, or_, select

from services.operating.audit.verification import Placed, Seen
from services.pricing.store.acknowledgements import acknowledgement_from
from services.pricing.store.old_placements import purged_among
from services.pricing.store.review_messages import applied_message_id
from services.pricing.store.tables import ACKNOWLEDGEMENTS, DELIVERY
from shared.contracts.catalogue import FINANCE_ACKNOWLEDGED
from shared.persistence.chain import Break
from shared.persistence.purges import purged_at

_AT_A_TIME: Final = 500
_log = DELIVERY.log
_kept = ACKNOWLEDGEMENTS.c


class AcknowledgementsKept:
    """Compares acknowledgements with the log: which message, and finance's figures."""

    kinds: Sequence[str] = (FINANCE_ACKNOWLEDGED,)

    def compare(self, connection: Connection, entries: Sequence[Placed], seen: Seen) -> list[Break]:
        """Return the first acknowledgement that is gone, or says something else now."""
        for start in range(0, len(entries), _AT_A_TIME):
            some = entries[start : start + _AT_A_TIME]
            subjects = {entry.subject for _, entry in some}
            kept = _digests(connection, subjects)
            purged = purged_among(connection, subjects)
            for position, entry in some:
                if entry.body_digest in kept[entry.subject]:
                    seen.compared[FINANCE_ACKNOWLEDGED] += 1
                elif entry.subject in purged and purged_at(seen.purges, entry.recorded_at):
                    seen.purged[FINANCE_ACKNOWLEDGED] += 1
                else:
                    which = f"an acknowledgement by finance about {entry.subject}"
                    return [Break(position, f"{which} was altered or removed")]
        return []

    def unlogged(self, connection: Connection) -> str:
        """Say about whom more acknowledgements are kept than were logged, or nothing."""
        subject = func.coalesce(_kept.placement_id, _kept.review_id)
        stored = select(subject.label("subject"), func.count().label("n"))
        stored_by = stored.group_by(subject).subquery()
        logged = select(_log.c.subject, func.count().label("n"))
        logged = logged.where(_log.c.kind == FINANCE_ACKNOWLEDGED).group_by(_log.c.subject)
        logged_by = logged.subquery()
        found = select(stored_by.c.subject).outerjoin_from(
            stored_by, logged_by, logged_by.c.subject == stored_by.c.subject
        )
        strange = found.where(func.coalesce(logged_by.c.n, 0) < stored_by.c.n).limit(1)
        about = connection.scalar(strange)
        if about is None:
            return ""
        return f"an acknowledgement by finance about {about} is kept and was never logged"


def _digests(connection: Connection, subjects: set[str]) -> defaultdict[str, set[str]]:
    """Return what the log should say of the acknowledgements about some subjects."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    # A subject is a placement or a review; each is looked up by what has an index.
    reviews = [applied_message_id(subject) for subject in subjects]
    wanted = select(ACKNOWLEDGEMENTS).where(
        or_(_kept.placement_id.in_(subjects), _kept.message_id.in_(reviews))
    )
    for row in connection.execute(wanted):
        told = acknowledgement_from(row)
        found[told.subject].add(hashlib.sha256(told.sealed()).hexdigest())
    return found
