"""What people ask from the command line of all decisions together."""

import json
from datetime import timedelta

import pytest

from services.eligibility.provider import Name
from services.eligibility.store import register_store
from shared.errors import FosterframeError
from tests.eligibility.builders import PACK
from tests.eligibility.rulebooks_tried import GOOD_IS_NOT_MET, GOOD_IS_REFERRED, written
from tests.eligibility.running import NOW, referral

SINCE = ("--since", "2026-03-01")


@pytest.fixture
def decided(beside_commands):
    """Have the sample register, and five decisions on it."""
    running = beside_commands
    running.take(
        *[referral(f"R{number}", preferred_area=f"CT{number}") for number in range(1, 4)],
        referral("R4", solo=True, duration="long_term"),
        referral("R5", in_house_search="not_done"),
    )
    return running


@pytest.mark.usefixtures("decided")
def test_the_rulebook_in_force_would_change_nothing(command):
    printed = command("rulebook", "simulate", str(PACK / "rulebook.yaml"), *SINCE)

    assert "on 5 referrals decided since 2026-03-01" in " ".join(printed.split())
    assert "Nothing would have been otherwise." in printed


@pytest.mark.usefixtures("decided")
def test_a_rulebook_is_tried_on_what_was_decided(command, tmp_path):
    stricter = str(written(tmp_path / "stricter.yaml", *GOOD_IS_REFERRED))

    told = json.loads(command("rulebook", "simulate", stricter, *SINCE, "--json"))
    printed = command("rulebook", "simulate", stricter, *SINCE)

    assert (told["referrals"], told["against"], told["since"]) == (5, None, "2026-03-01")
    assert told["as_if_in_force_throughout"] is True
    assert all(each["gains"] == 0 for each in told["agencies"])
    assert told["by_type"]["core"]["referrals"] == 5
    lost = told["changes"]["loses_last_eligible"]["count"]
    assert f"lose the last eligible agency │ {lost}" in " ".join(printed.split())
    assert told["agencies"][0]["agency"] in printed
    assert "counts once in each band" in printed


@pytest.mark.usefixtures("decided")
def test_two_rulebooks_are_compared_with_each_other(command, tmp_path):
    stricter = str(written(tmp_path / "stricter.yaml", *GOOD_IS_REFERRED))
    sample = str(PACK / "rulebook.yaml")

    by_file = json.loads(
        command("rulebook", "simulate", sample, *SINCE, "--against", stricter, "--json")
    )
    in_force = json.loads(
        command("rulebook", "simulate", stricter, *SINCE, "--against", "in-force", "--json")
    )

    assert by_file["against"] == in_force["against"] == "kent-medway 2024.1"
    assert {each["agency"]: each["gains"] for each in by_file["agencies"]} == {
        each["agency"]: each["loses"] for each in in_force["agencies"]
    }
    assert by_file["agencies"]


@pytest.mark.usefixtures("decided")
def test_a_period_without_decisions_is_shown_as_empty(command):
    after = ("--since", "2026-03-03")

    assert "on 0 referrals" in command("rulebook", "simulate", str(PACK / "rulebook.yaml"), *after)
    assert "in 0 decisions" in command("register", "fairness", *after)
    assert "0 referrals decided" in command("eligibility", "sufficiency", *after)


@pytest.mark.usefixtures("decided")
def test_a_rulebook_tried_on_nothing_is_not_said_to_change_nothing(command):
    printed = command("rulebook", "simulate", str(PACK / "rulebook.yaml"), "--since", "2026-03-03")

    assert "There was nothing to try it on." in printed
    assert "Nothing would have been otherwise." not in printed


@pytest.mark.usefixtures("decided")
def test_a_rulebook_is_compared_with_one_that_is_named_by_its_version(command, tmp_path):
    stricter = str(written(tmp_path / "stricter.yaml", *GOOD_IS_REFERRED))

    told = json.loads(
        command("rulebook", "simulate", stricter, *SINCE, "--against", "2024.1", "--json")
    )

    assert told["against"] == "kent-medway 2024.1"
    with pytest.raises(FosterframeError, match="No file and no rulebook that is kept is called"):
        command("rulebook", "simulate", stricter, *SINCE, "--against", "x" * 5_000)


def test_brackets_and_colons_of_a_name_are_printed_as_they_are(command, decided, tmp_path):
    odd = "Homes [/b] [in kent] :house:"
    named = ('version: "2024.1"', 'version: "2024.2 [/draft]"')
    stricter = str(written(tmp_path / "stricter.yaml", named, *GOOD_IS_NOT_MET))
    told = json.loads(command("rulebook", "simulate", stricter, *SINCE, "--json"))
    with decided.database.transaction() as connection:
        name = (told["agencies"][0]["agency"], Name(odd))
        register_store.append(connection, [name], NOW, "a test")
    decided.clock.advance(timedelta(hours=1))
    decided.take(referral("R6"))

    simulated = command("rulebook", "simulate", stricter, *SINCE)

    assert odd in command("register", "fairness", *SINCE)
    assert "kent-medway 2024.2 [/draft] on 6 referrals" in simulated
    assert odd in simulated


@pytest.mark.usefixtures("decided")
def test_whose_turn_it_was_is_shown_by_lot(command):
    told = json.loads(command("register", "fairness", *SINCE, "--json"))
    printed = command("register", "fairness", *SINCE, "--lot", "core")

    agencies = told["lots"]["core"]["agencies"]
    assert (told["decisions"], told["lots"]["core"]["shortlists"]) == (5, 4)
    assert sum(each["offered_first"] for each in agencies) == 4
    assert sum(each["fair_share"] for each in agencies) == pytest.approx(4, abs=0.1)
    assert "core: 4 shortlists" in printed
    assert agencies[0]["agency"] in printed


@pytest.mark.usefixtures("decided")
def test_a_lot_that_the_framework_has_not_is_refused(command):
    with pytest.raises(FosterframeError, match=r"no lot coree\. There is core, disabled"):
        command("register", "fairness", *SINCE, "--lot", "coree")


@pytest.mark.usefixtures("decided")
def test_for_whom_there_were_how_many_agencies_is_shown(command):
    told = json.loads(command("eligibility", "sufficiency", *SINCE, "--json"))
    printed = command("eligibility", "sufficiency", *SINCE)

    assert [view["by"] for view in told["views"]] == [["band"], ["type"], ["area"]]
    assert {group["area"]: group["referrals"] for group in told["views"][2]["groups"]} == {
        "CT": 3,
        "any": 2,
    }
    assert {view["total"]["stopped"] for view in told["views"]} == {1}
    assert "5 referrals decided since 2026-03-01" in printed
    assert "age band" in printed
    assert "placement type" in printed


@pytest.mark.usefixtures("decided")
def test_dimensions_that_are_named_are_taken_together(command):
    by = ("--by", "area", "--by", "band")

    told = json.loads(command("eligibility", "sufficiency", *SINCE, *by, "--json"))
    printed = command("eligibility", "sufficiency", *SINCE, *by)

    [view] = told["views"]
    assert view["by"] == ["band", "area"]
    assert {(group["band"], group["area"]) for group in view["groups"]} == {
        ("11-15", "CT"),
        ("11-15", "any"),
    }
    assert "11-15, CT" in printed
    with pytest.raises(FosterframeError, match=r"no group age\. There is band, type, area"):
        command("eligibility", "sufficiency", *SINCE, "--by", "age")
