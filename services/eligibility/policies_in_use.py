"""The policies that a worker decides by: always those that its transaction sees."""

from services.eligibility.policy import Policies
from shared.messaging.work import Work


class PoliciesInUse:
    """Gives the policies that are in use in a transaction."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def current(self, _: Work) -> Policies:
        """Return the policies in use in the work's transaction."""
        return self._policies
