"""What the eligibility service promises about its register and old decisions, on any database."""

from datetime import date, timedelta

from sqlalchemy import func

from services.eligibility.provider import Judgement
from services.eligibility.register.register import EMPTY_VERSION
from services.eligibility.service import SERVICE
from services.eligibility.store import register_store, tables
from shared.contracts.catalogue import ELIGIBILITY_DECIDED, PROVIDER_UPDATED, REFERRAL_WITHDRAWN
from shared.messaging.batch import Intake
from tests.eligibility.running import JUDGED, NOW, delivery, entry, referral, told, update

SUSPENDED = {"fact": "suspension", "valid_from": "2026-03-01", "reason": "staffing"}


class RegisterPromises:
    """Inherit, and give the fixtures `empty` and `running`."""

    # The register.

    def test_importing_the_register_twice_adds_nothing(self, running):
        imported = running.import_pack()

        assert (imported.agencies, imported.facts_added) == (45, 0)
        assert len(running.kept(tables.register_facts)) == imported.facts_known

    def test_an_old_file_does_not_overrule_what_was_told_since(self, running):
        running.take(update(JUDGED))

        running.import_pack()

        [message] = running.take(referral())
        assert entry(message).outcome == "not_eligible"

    def test_a_judgement_counts_for_the_next_referral_of_the_same_batch(self, running):
        sent = running.take(referral("R1"), update(JUDGED), referral("R2"))

        before, *_, after = [each for each in sent if each.type == ELIGIBILITY_DECIDED]

        assert entry(before).outcome == "eligible"
        assert entry(after).outcome == "not_eligible"

    def test_a_judgement_that_another_process_recorded_counts_at_once(self, running):
        [before] = running.take(referral("R1"))
        judged = Judgement("inadequate", date(2026, 1, 10), date(2026, 2, 20))
        with running.database.transaction() as connection:
            register_store.append(connection, [("SC990001", judged)], NOW, "elsewhere")

        [after] = running.take(referral("R2"))

        assert entry(before).outcome == "eligible"
        assert entry(after).outcome == "not_eligible"
        assert told(before).register_version != told(after).register_version

    def test_what_was_rolled_back_was_never_known(self, running):
        handlers = running.service.handlers()
        intake = Intake(
            service=SERVICE,
            database=running.database,
            handlers=dict(handlers) | {PROVIDER_UPDATED: _then_fail(handlers[PROVIDER_UPDATED])},
            clock=running.clock,
        )

        intake.take([update(JUDGED), referral("R1")])

        [message] = [each for each in running.sent() if each.type == "eligibility.decided.v1"]
        assert entry(message).outcome == "eligible"

    def test_a_suspension_that_was_lifted_stays_lifted_though_the_broker_tells_it_last(
        self, running
    ):
        lifted = SUSPENDED | {"valid_to": "2026-03-05"}
        an_hour_ago = NOW - timedelta(hours=1)

        running.take(update(lifted, id_="u2", at=NOW), update(SUSPENDED, id_="u1", at=an_hour_ago))

        [message] = running.take(referral())
        assert entry(message).outcome == "eligible"
        assert running.derived(told(message).decision_id).is_same

    def test_of_two_suspensions_said_in_order_the_later_word_counts(self, running):
        an_hour_ago = NOW - timedelta(hours=1)

        running.take(
            update(SUSPENDED | {"valid_to": "2026-03-05"}, id_="u1", at=an_hour_ago),
            update(SUSPENDED, id_="u2", at=NOW),
        )

        [message] = running.take(referral())
        assert entry(message).outcome == "not_eligible"

    def test_an_update_of_an_agency_that_is_not_there_yet_is_tried_again(self, running):
        [message] = running.take(update(JUDGED, urn="SC123456"))

        assert message.exchange == "eligibility.retry.5s"

    def test_an_offer_in_words_that_the_framework_has_not_goes_back_with_the_field(self, running):
        offer = {
            "fact": "offer",
            "valid_from": "2026-03-01",
            "lots": ["core", "residential"],
            "age_bands": ["5-10"],
            "need_categories": ["standard"],
            "purchasers": ["kent"],
            "tier": 1,
            "largest_group": 2,
            "takes_emergencies": True,
            "takes_solo": True,
            "takes_disabled_children": True,
            "takes_long_term": True,
        }

        rejections = [told(each) for each in running.take(update(offer)) if "rejected" in each.type]

        assert [each.field for each in rejections] == ["data.facts.0.lots.1"]

    def test_a_withdrawal_is_recorded(self, running):
        data = {
            "referral_id": "R1",
            "withdrawn_at": "2026-03-02T12:00:00+00:00",
            "reason": "in_house_found",
        }

        running.take(delivery(REFERRAL_WITHDRAWN, data, "w1"))

        [row] = running.kept(tables.withdrawals)
        assert (row.referral_id, row.reason, row.recorded_at) == ("R1", "in_house_found", NOW)

    # Deriving again.

    def test_a_decision_is_derived_again_byte_for_byte(self, running):
        messages = running.take(*(referral(f"R{n}", solo=n % 2 == 0) for n in range(4)))

        for message in messages:
            derived = running.derived(message.message_id)
            assert derived.is_same
            assert derived.body in message.body

    def test_a_decision_is_derived_by_the_register_of_its_time(self, running, clock):
        [message] = running.take(referral("R1"))
        clock.advance(timedelta(days=1))
        running.take(update(JUDGED))

        assert running.derived(message.message_id).is_same

    def test_a_decision_whose_facts_were_altered_is_found(self, running):
        [message] = running.take(referral("R1"))
        decisions = tables.decisions
        with running.database.transaction() as connection:
            altered = func.replace(decisions.c.referral, '"solo": false', '"solo": true')
            connection.execute(decisions.update().values(referral=altered))

        assert not running.derived(message.message_id).is_same

    def test_the_register_can_be_read_as_it_was_at_any_version(self, running):
        with running.database.reading() as connection:
            now = register_store.read_register(connection)
            again = register_store.read_register(connection, version=now.version)
            none = register_store.read_register(connection, version=EMPTY_VERSION)

        assert again.recorded == now.recorded
        assert len(none) == 0


def _then_fail(handler):
    def handle(work, event):
        handler(work, event)
        raise ZeroDivisionError

    return handle
