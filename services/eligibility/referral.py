"""A referral as it is judged: derived facts only, no child's date of birth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from services.eligibility.facts import Value, yes_no


@dataclass(frozen=True, slots=True)
class Child:
    """A child of a referral, on the start date.

    Args:
        age: in years, last birthday.
        with_parent: the child comes with its own parent, who is a child of the same referral;
            the two are one unit, which has the parent's age.
        parent_ref: which child that is; it was not kept before children were judged alone too.
    """

    child_ref: str
    age: int
    age_band: str
    disability: bool
    with_parent: bool = False
    parent_ref: str | None = None


@dataclass(frozen=True)
class Referral:
    """A child, or children together, for whom a home is needed from a day on."""

    referral_id: str
    received_at: datetime
    purchaser: str
    placement_type: str
    need_category: str
    duration: Literal["short_term", "long_term"]
    start_date: date
    emergency: bool
    solo: bool
    uasc: Literal["yes", "no", "not_established"]
    in_house_search: Literal["done", "not_done", "not_possible"]
    keep_together: bool
    preferred_area: str | None
    children: tuple[Child, ...]

    @property
    def units(self) -> list[Child]:
        """The children without those that come with their own parent."""
        return [child for child in self.children if not child.with_parent]

    @cached_property
    def facts(self) -> tuple[Mapping[str, Value], ...]:
        """What a rulebook may read, for each unit: a child, or a parent with its own child.

        The facts of the referral are the same in each; a baby that comes with its parent adds
        to the unit nothing but a disability.
        """
        units = self.units
        is_unit_disabled = any(child.disability for child in self.children if child.with_parent)
        shared: dict[str, Value] = {
            "purchaser": self.purchaser,
            "placement_type": self.placement_type,
            "need_category": self.need_category,
            "duration": self.duration,
            "emergency": yes_no(self.emergency),
            "solo": yes_no(self.solo),
            "keep_together": yes_no(self.keep_together),
            "group_size": len(units),
            "parent_with_child": yes_no(len(units) < len(self.children)),
            "in_house_search": self.in_house_search,
            "uasc": self.uasc,
        }
        return tuple(
            {
                **shared,
                "age": child.age,
                "age_band": child.age_band,
                "disability": yes_no(child.disability or is_unit_disabled),
            }
            for child in units
        )

    @cached_property
    def facts_alone(self) -> tuple[Mapping[str, Value], ...]:
        """What a rulebook may read of each unit of a group if it came alone, in their order.

        The type of placement stays the one that was asked for.
        """
        return tuple(
            {
                **facts,
                "group_size": 1,
                "keep_together": "no",
                "parent_with_child": yes_no(bool(own := self._own_of(child))),
                "disability": yes_no(child.disability or any(each.disability for each in own)),
            }
            for child, facts in zip(self.units, self.facts, strict=True)
        )

    def _own_of(self, unit: Child) -> list[Child]:
        """Return the children who come with a unit as their parent, as far as that was kept."""
        return [
            child
            for child in self.children
            if child.with_parent and child.parent_ref in {None, unit.child_ref}
        ]
