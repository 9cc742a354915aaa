"""What a file says is put beside what the register knows, and takes back nothing it leaves open."""

from datetime import date

from services.eligibility.provider import Judgement
from services.eligibility.register.files import Comparing
from services.eligibility.register.register import Recorded, Register
from shared.framework.pack import load_framework
from tests.eligibility.builders import PACK
from tests.eligibility.import_promises import framework_file
from tests.eligibility.running import NOW

URN = "SC990001"
JUDGED = Judgement("outstanding", date(2024, 1, 3), date(2024, 2, 6), "good", "outstanding")


def test_a_register_file_without_columns_for_the_parts_leaves_those_that_are_known():
    register = Register([Recorded(URN, JUDGED, NOW)])

    seen = Comparing(register, load_framework(PACK), (), NOW.date()).preview(framework_file())

    [judged] = [each for each in seen.facts if each.urn == URN and type(each.fact) is Judgement]
    assert (judged.change.word, judged.fact) == ("unchanged", JUDGED)
