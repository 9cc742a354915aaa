"""Writes the invented agencies and fees of the sample pack: register.csv and prices.csv.

The numbers of agencies and the days on which they joined are the framework's; the spread of
judgements and the range of fees follow published figures; everything else is invented. The same
seed always makes the same files: `python tools/make_kent_medway_pack.py [FOLDER]`.
"""

import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

SEED = 20220401
PACK = Path(__file__).resolve().parent.parent / "deploy/frameworks/kent-medway"

FOUNDERS, JOINERS = 33, 12
FOUNDED, REOPENED = date(2022, 4, 1), date(2024, 4, 1)
# Each agency's latest inspection as the register stood in spring 2025: all are published by then.
INSPECTED_FROM, INSPECTED_TO = date(2023, 4, 1), date(2025, 1, 31)

NAMES = """
Owlbarrow Thistlewick Marrowby Pennyfold Quillmere Saltlarch Foxglimmer Tansyholt
Wrenlock Ambercleft Plumdrift Gorsewhistle Larkenfell Duskapple Hazelquay Mossbeckon
Ferncandle Otterlode Sparrowmint Cloverstrand Brackenlull Juniperstow Finchwater
Puddlegate Rowanquill Silverthrush Tidewimple Umberfold Violetmarch Willowfathom
Yarrowlight Zephyrcote Bellsparrow Candlemoor Driftwarren Elderplume Fiddlewold
Gullharbour Heronspell Ivybramley Kestrelbun Lanternwick Merrowdale Nettlebright
Oakwhisper
""".split()  # noqa: SIM905 - a few lines of names read better than forty-five
KINDS = ("Fostering", "Foster Care", "Families", "Fostering Partnership", "Homes for Children")

BANDS = ("0-4", "5-10", "11-15", "16-18")
CATEGORIES = ("standard", "enhanced", "complex")
AREAS = ("ME", "CT", "TN", "DA", "ME7 ME8", "CT9 CT10", "TN23 TN24", "DA11 DA12", "BR", "RH")

# Published for 2022/23: standard 550.00 to 971.85 with a mean of 814.22, parent and child 1,500.00
# to 1,695.00. In pence, so that no fee ever passes through a float.
LOWEST, HIGHEST = 55_000, 97_185
UNIT_LOWEST, UNIT_HIGHEST = 150_000, 169_500
JOINERS_PER_CENT = 116  # joiners tendered two years later, at the prices of their day

# This fee is exactly 900.00 a week after the reviews of 2023, 2024 and 2025, and so 934.47 from
# 1 April 2026: the example that the documentation and the demo explain to the penny.
EXPLAINED = ("kent", "core", "standard", "11-15")
EXPLAINED_WEEKLY = 74_771

# The few agencies that are told apart by their number: what commissioning has to watch.
EXPLAINED_AGENCY = 1
REQUIRES_IMPROVEMENT = 19
INADEQUATE = 27
NOT_YET_INSPECTED = (38, 41, 44)
LEFT = {30: date(2025, 10, 1)}
SUSPENDED = {
    8: (date(2023, 5, 15), date(2023, 9, 1), "staffing"),
    22: (date(2026, 6, 1), None, "contract_monitoring"),
}

REGISTER_COLUMNS = (
    "urn", "name", "joined", "left", "registered", "tier", "lots", "age_bands", "need_categories",
    "purchasers", "areas", "largest_group", "emergency", "solo", "disabled_children", "long_term",
    "ofsted_overall", "inspected", "published", "suspended_from", "suspended_to",
    "suspension_reason",
)  # fmt: skip
PRICE_COLUMNS = (
    "urn", "purchaser", "placement_type", "need_category", "age_band", "weekly", "from", "cause",
    "reference",
)  # fmt: skip
REGISTER_SAYS = (
    "# INVENTED sample: no agency here exists, and no real agency is meant. Their reference\n"
    "# numbers have the form of Ofsted's, from ranges that Ofsted has not given out.\n"
    "# Made by tools/make_kent_medway_pack.py: 33 agencies of 2022 and 12 joiners of 2024.\n"
)
PRICES_SAY = (
    "# INVENTED sample: no fee here was tendered by anybody. Pounds a week for a child, or for a\n"
    "# parent and child together, in the range of figures published for 2022/23.\n"
    "# Made by tools/make_kent_medway_pack.py.\n"
)


@dataclass
class Agency:
    """One invented agency, with its number from 1 and what it can do."""

    number: int
    lots: list[str]
    bands: list[str]
    categories: list[str]
    purchasers: list[str]
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def is_joiner(self) -> bool:
        """Say whether the agency joined when the framework re-opened."""
        return self.number > FOUNDERS

    @property
    def urn(self) -> str:
        """The reference number: the older form for most founders, the newer for all others."""
        is_older = self.number <= FOUNDERS and self.number % 4 != 0
        return f"SC99{self.number:04d}" if is_older else f"999{self.number:04d}"

    @property
    def priced_bands(self) -> tuple[str, ...]:
        """The bands it takes children in, and all above: a child stays, and grows older there."""
        return BANDS[BANDS.index(self.bands[0]) :]

    @property
    def joined(self) -> date:
        """The day from which the agency is on the framework."""
        return REOPENED if self.is_joiner else FOUNDED


def agencies(random: Random) -> list[Agency]:
    """Return all agencies, the explained one first."""
    made = [_agency(random, number) for number in range(1, FOUNDERS + JOINERS + 1)]
    for agency in made:
        agency.cells = _cells(random, agency)
    return made


def _agency(random: Random, number: int) -> Agency:
    if number == EXPLAINED_AGENCY:
        lots = ["core", "sibling_group"]
        return Agency(number, lots, list(BANDS[1:]), ["standard", "enhanced"], ["kent", "medway"])
    lots = ["core"] if _chance(random, 94) else []
    lots += ["disabled_child"] if _chance(random, 40) or not lots else []
    lots += ["sibling_group"] if _chance(random, 50) else []
    lots += ["parent_and_child"] if _chance(random, 30) else []
    youngest = 0 if "parent_and_child" in lots or _chance(random, 25) else 1
    youngest = 2 if "parent_and_child" not in lots and _chance(random, 12) else youngest
    # Carers for the oldest are what the framework has least of.
    oldest = 4 if "parent_and_child" in lots or _chance(random, 60) else 3
    categories = CATEGORIES[: random.choice((1, 1, 2, 2, 2, 3))]
    purchasers = random.choice((("kent", "medway"),) * 7 + (("kent",),) * 2 + (("medway",),))
    return Agency(number, lots, list(BANDS[youngest:oldest]), list(categories), list(purchasers))


def _cells(random: Random, agency: Agency) -> dict[str, str]:
    is_explained = agency.number == EXPLAINED_AGENCY
    largest = random.choice((2, 2, 2, 2, 3, 3, 3, 4)) if "sibling_group" in agency.lots else 1
    if "parent_and_child" in agency.lots:
        largest = max(largest, 2)
    tier = 3 if agency.is_joiner else random.choice((1, 1, 2, 2, 2))
    suspended_from, suspended_to, reason = SUSPENDED.get(agency.number, (None, None, ""))
    return {
        "urn": agency.urn,
        "name": f"{NAMES[agency.number - 1]} {random.choice(KINDS)}",
        "joined": str(agency.joined),
        "left": _day(LEFT.get(agency.number)),
        "tier": "1" if is_explained else str(tier),
        "lots": " ".join(agency.lots),
        "age_bands": " ".join(agency.bands),
        "need_categories": " ".join(agency.categories),
        "purchasers": " ".join(agency.purchasers),
        "areas": _areas(random),
        "largest_group": "4" if is_explained else str(largest),
        "emergency": _yes(is_explained or _chance(random, 55)),
        "solo": _yes(is_explained or _chance(random, 20)),
        "disabled_children": _yes("disabled_child" in agency.lots or _chance(random, 15)),
        "long_term": _yes(is_explained or _chance(random, 88)),
        "suspended_from": _day(suspended_from),
        "suspended_to": _day(suspended_to),
        "suspension_reason": reason,
        **_ofsted(random, agency),
    }


def _ofsted(random: Random, agency: Agency) -> dict[str, str]:
    if agency.number in NOT_YET_INSPECTED:
        registered = REOPENED - timedelta(days=random.randrange(40, 300))
        grade = {"ofsted_overall": "not_yet_inspected", "inspected": "", "published": ""}
        return {"registered": str(registered), **grade}
    years = random.randrange(2, 9) if agency.is_joiner else random.randrange(3, 20)
    registered = agency.joined - timedelta(days=365 * years + random.randrange(365))
    window = (INSPECTED_TO - INSPECTED_FROM).days
    inspected = INSPECTED_FROM + timedelta(days=random.randrange(window))
    grade = "outstanding" if _chance(random, 20) else "good"
    grade = "outstanding" if agency.number == EXPLAINED_AGENCY else grade
    grade = "requires_improvement" if agency.number == REQUIRES_IMPROVEMENT else grade
    grade = "inadequate" if agency.number == INADEQUATE else grade
    return {
        "registered": str(registered),
        "ofsted_overall": grade,
        "inspected": str(inspected),
        "published": str(inspected + timedelta(days=random.randrange(28, 56))),
    }


def _areas(random: Random) -> str:
    chosen = random.sample(AREAS, random.choice((2, 3, 4)))
    return " ".join(sorted(" ".join(chosen).split()))


def prices(random: Random, made: list[Agency]) -> Iterator[tuple[str, ...]]:
    """Yield the tendered fee of every key that an agency offers."""
    for agency in made:
        year = agency.joined.year
        for key, pence in _tendered(random, agency):
            weekly = f"{pence // 100}.{pence % 100:02d}"
            yield (agency.urn, *key, weekly, str(agency.joined), "tender", f"tender-{year}")


def _tendered(random: Random, agency: Agency) -> Iterator[tuple[tuple[str, ...], int]]:
    is_explained = agency.number == EXPLAINED_AGENCY
    base = 71_400 if is_explained else 58_000 + random.randrange(20_000) + random.randrange(20_000)
    unit = UNIT_LOWEST + random.randrange(UNIT_HIGHEST - UNIT_LOWEST + 1)
    ages = _steps(random)
    needs = {"standard": 100, "enhanced": random.randrange(114, 130)}
    needs["complex"] = random.randrange(145, 175)
    types = {"core": 100, "disabled_child": random.randrange(116, 134)}
    types["sibling_group"] = random.randrange(94, 100)
    step = random.choice((100, 100, 7, 7, 1))  # whole pounds, a daily rate in pence, or neither
    medway = random.choice((0, 0, 0, random.randrange(-1_200, 1_500)))
    for purchaser in agency.purchasers:
        extra = medway if purchaser == "medway" else 0
        for type_ in agency.lots:
            for need in agency.categories:
                for band in agency.priced_bands:
                    key = (purchaser, type_, need, band)
                    if is_explained and key == EXPLAINED:
                        yield key, EXPLAINED_WEEKLY
                    elif type_ == "parent_and_child":
                        share = 100 + (needs[need] - 100) // 4
                        yield key, _joined(agency, unit * share // 100)
                    else:
                        standard = min(max(base + ages[band] + extra, LOWEST + 4_000), HIGHEST)
                        pence = standard * types[type_] // 100 * needs[need] // 100
                        yield key, _joined(agency, pence // step * step)


def _steps(random: Random) -> dict[str, int]:
    """Return by how much each age band's fee differs; some agencies ask one fee for all ages."""
    if random.randrange(5) == 0:
        return dict.fromkeys(BANDS, 0)
    older = random.randrange(1_500, 5_000)
    steps = (-random.randrange(2_500), 0, older, older + random.randrange(1_000, 3_500))
    return dict(zip(BANDS, steps, strict=True))


def _joined(agency: Agency, pence: int) -> int:
    return pence * JOINERS_PER_CENT // 100 if agency.is_joiner else pence


def _chance(random: Random, per_cent: int) -> bool:
    return random.randrange(100) < per_cent


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _day(day: date | None) -> str:
    return "" if day is None else str(day)


def files() -> dict[str, str]:
    """Return the text of each file that is made, by its name."""
    random = Random(SEED)  # noqa: S311 - a sample, nothing secret
    made = agencies(random)
    register = [[agency.cells[column] for column in REGISTER_COLUMNS] for agency in made]
    return {
        "register.csv": REGISTER_SAYS + _csv(REGISTER_COLUMNS, register),
        "prices.csv": PRICES_SAY + _csv(PRICE_COLUMNS, prices(random, made)),
    }


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    """Write the files into the sample pack, or into the folder that is named."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PACK
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"wrote {folder / name}")


if __name__ == "__main__":
    main()
