"""What a row of Ofsted's comes to: a file takes nothing back by what it leaves open."""

from datetime import date

import pytest

from services.eligibility.ofsted.facts import OfstedReading
from services.eligibility.ofsted.rows import read_ofsted
from services.eligibility.provider import Judgement, Registration
from shared.errors import Fault
from tests.eligibility.ofsted_files import csv_of, table

TODAY = date(2026, 3, 2)
REGISTERED, INSPECTED, PUBLISHED = date(2004, 1, 8), date(2025, 6, 2), date(2025, 7, 10)
FILE_OF = date(2025, 9, 1)
ACTIVE = Registration(REGISTERED)
KNOWN = Judgement("good", INSPECTED, PUBLISHED, "outstanding", "good")
NO_JUDGEMENT = dict.fromkeys(("overall", "inspected", "published", "helped", "leaders"), "-")
NOT_YET = NO_JUDGEMENT | {"overall": "Not yet inspected"}


def facts(known=(), variant="in_year", published_on=None, **told):
    """Return what a row of a layout comes to, or its fault as a sentence."""
    file = read_ofsted("providers.csv", csv_of(table(variant, told)), {"SC990001"})
    assert file.refused == []
    found = OfstedReading(published_on, TODAY).facts(file.rows[0], known)
    return str(found) if isinstance(found, Fault) else found


# Judgements.


def test_a_row_tells_the_registration_and_the_judgement_with_its_parts():
    assert facts() == [ACTIVE, KNOWN]


@pytest.mark.parametrize("variant", ["combined", "older", "current"])
def test_a_file_without_days_of_publication_leaves_those_that_are_known(variant):
    assert facts([ACTIVE, KNOWN], variant, FILE_OF)[-1] == KNOWN


def test_a_judgement_that_is_new_counts_from_the_day_of_the_file_where_no_column_tells_one():
    assert facts(variant="combined", published_on=FILE_OF)[-1].published_on == FILE_OF


def test_the_day_of_publication_that_a_column_tells_counts_more_than_that_of_the_file():
    assert facts(published_on=FILE_OF)[-1].published_on == PUBLISHED
    assert facts([Judgement("good", INSPECTED, FILE_OF)])[-1].published_on == PUBLISHED


def test_another_grade_takes_over_neither_the_day_nor_the_parts_of_the_one_before():
    corrected = {"overall": "Requires improvement", "helped": "-", "leaders": "-"}

    told = facts([KNOWN], published_on=FILE_OF, published="-", **corrected)

    assert told[-1] == Judgement("requires_improvement", INSPECTED, FILE_OF)


def test_a_file_without_the_parts_leaves_those_that_are_known():
    assert facts([KNOWN], helped="-", leaders="-")[-1] == KNOWN
    assert facts([KNOWN], helped="Good", leaders="-")[-1].helped_and_protected == "good"


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"inspected": "-"}, "Inspection date: found nothing; allowed: a day, for good"),
        ({"inspected": date(2026, 3, 3)}, "2026-03-03; allowed: a day that has come"),
        ({"published": date(2025, 6, 1)}, "2025-06-01; allowed: 2025-06-02, the inspection, or"),
        ({"published": "-"}, "Inspection publication date: found nothing; allowed: a day, or the"),
        ({"overall": "-"}, "found nothing; allowed: an overall judgement beside its parts"),
        ({"helped": "Inadequate"}, "helped and protected: found inadequate; allowed: another"),
        ({"leaders": "Inadequate"}, "leaders and managers: found inadequate; allowed: another"),
        (NOT_YET | {"inspected": INSPECTED}, "allowed: nothing, for not yet inspected"),
        (NOT_YET | {"helped": "Good"}, "another judgement: an agency that was not inspected"),
    ],
)
def test_a_judgement_that_contradicts_itself_is_refused(told, fault):
    assert fault in facts(**told)


def test_an_inspection_without_an_overall_grade_may_find_children_not_protected():
    told = facts(overall="No overall grade", helped="Inadequate", leaders="Inadequate")

    assert told[-1] == Judgement(
        "no_overall_grade", INSPECTED, PUBLISHED, "inadequate", "inadequate"
    )


def test_a_service_that_is_inspected_with_its_council_has_no_judgement_of_its_own():
    said = "Not provided as service is inspected as part of the ILACS inspection"

    assert facts(**NO_JUDGEMENT | {"overall": said, "helped": said}) == [ACTIVE]


# Not yet inspected.


def test_who_was_not_yet_inspected_is_so_from_its_registration_on():
    not_yet = Judgement("not_yet_inspected", REGISTERED, REGISTERED)

    assert facts(**NOT_YET) == [ACTIVE, not_yet]
    assert facts([ACTIVE], "current", **NOT_YET) == [not_yet]


def test_it_is_told_once_though_files_differ_in_the_day_of_registration():
    known = Judgement("not_yet_inspected", REGISTERED, REGISTERED)

    assert facts([known], **NOT_YET | {"registered": date(2004, 1, 9)})[-1] == known


def test_without_a_day_of_registration_it_cannot_be_told():
    assert "Registration date: found nothing; allowed: a day, for not yet" in facts(
        variant="current", **NOT_YET
    )


# Registrations.


@pytest.mark.parametrize("status", ["Resigned", "Cancelled", "-"])
def test_a_registration_ends_on_the_day_that_the_file_tells(status):
    told = facts(**NO_JUDGEMENT, status=status, ended=date(2026, 1, 31))

    assert told == [Registration(REGISTERED, date(2026, 1, 31))]


def test_a_registration_whose_end_has_no_day_ended_by_the_day_of_the_file():
    resigned = NO_JUDGEMENT | {"status": "Resigned"}

    assert facts([ACTIVE], "current", FILE_OF, **resigned) == [Registration(REGISTERED, FILE_OF)]
    assert "allowed: a day, or the day on which the file was published: --published-on" in facts(
        [ACTIVE], "current", **resigned
    )


def test_an_end_that_is_known_is_not_moved_by_a_later_file_that_tells_no_day():
    ended = Registration(REGISTERED, date(2025, 8, 1))

    assert facts([ended], "current", FILE_OF, **NO_JUDGEMENT, status="Resigned") == [ended]


def test_an_active_registration_without_its_day_tells_nothing_new():
    assert facts([ACTIVE], "current", **NO_JUDGEMENT) == []


def test_without_a_status_nothing_is_told_of_a_registration():
    assert facts(**NO_JUDGEMENT, status="-") == []


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"ended": date(2026, 1, 31)}, "allowed: nothing, for an active registration"),
        (
            {"status": "Resigned", "ended": REGISTERED},
            "allowed: a day after the registration on 2004-01-08",
        ),
    ],
)
def test_a_registration_that_contradicts_itself_is_refused(told, fault):
    assert fault in facts(**NO_JUDGEMENT, **told)


def test_an_active_registration_may_end_on_a_day_to_come():
    told = facts(**NO_JUDGEMENT, ended=date(2026, 4, 1))

    assert told == [Registration(REGISTERED, date(2026, 4, 1))]
