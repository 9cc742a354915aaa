"""What the eligibility service promises about messages, on any database."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from services.eligibility.store import tables
from shared.clock import SetClock
from shared.persistence import chain
from shared.persistence.database import Database
from tests.eligibility.register_promises import RegisterPromises
from tests.eligibility.running import BORN, NOW, Running, referral, told


class HandlerPromises(RegisterPromises):
    """Inherit, and give a fixture `url` of a database with the tables, and nothing in them."""

    @pytest.fixture
    def clock(self):
        return SetClock(NOW)

    @pytest.fixture
    def empty(self, url, clock):
        database = Database.open(url)
        yield Running(database, clock)
        database.close()

    @pytest.fixture
    def running(self, empty):
        empty.import_pack()
        return empty

    def test_the_migrations_make_the_tables_that_the_code_expects(self, empty):
        with empty.database.reading() as connection:
            found = MigrationContext.configure(connection, opts={"compare_type": True})

            assert compare_metadata(found, tables.metadata) == []

    # Deciding.

    def test_a_referral_becomes_one_decision_on_every_agency(self, running):
        [message] = running.take(referral())

        decision = told(message)
        assert message.routing_key == "eligibility.decided.v1"
        assert message.message_id == decision.decision_id
        assert len({each.agency for each in decision.agencies}) == 45
        assert [each.rank for each in decision.agencies if each.rank] == list(
            range(1, 1 + sum(each.outcome != "not_eligible" for each in decision.agencies))
        )

    def test_the_message_is_written_as_the_contract_writes_it(self, running):
        [message] = running.take(referral(solo=True))

        decision = told(message)

        assert decision.model_dump_json().encode() in message.body
        assert all(decision.unmet(each) for each in decision.agencies if each.rank is None)

    def test_a_referral_that_is_delivered_twice_is_decided_once(self, running):
        running.take(referral(), referral())
        running.take(referral())

        assert len(running.sent()) == 1
        assert len(running.kept(tables.decisions)) == 1

    def test_an_emergency_is_told_where_emergencies_are_read(self, running):
        [message] = running.take(referral(needed_by="today"))

        assert message.routing_key == "eligibility.decided.v1.emergency"
        assert told(message).emergency

    def test_the_log_holds_each_decision_and_is_whole(self, running):
        running.take(*(referral(f"R{number}") for number in range(3)))

        with running.database.reading() as connection:
            kinds = connection.scalars(select(tables.delivery.log.c.kind)).all()
            assert chain.verify(connection) is None
        assert kinds.count("decision") == 3

    def test_no_date_of_birth_is_kept_in_any_table_of_the_service(self, running):
        running.take(referral())

        for table in tables.metadata.sorted_tables:
            assert BORN not in str(running.kept(table)), table.name

    # What cannot be decided.

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"purchaser": "surrey"}, "data.purchaser"),
            ({"placement_type": "residential"}, "data.placement_type"),
            ({"need_category": "extreme"}, "data.need_category"),
            ({"child": {"date_of_birth": "2008-03-16"}}, "data.children.0.date_of_birth"),
            (
                {"start_date": "2022-03-31", "received_at": "2022-03-01T10:00:00+00:00"},
                "data.received_at",
            ),
        ],
    )
    def test_what_the_framework_does_not_know_goes_back_with_the_field(self, running, wrong, field):
        told_back = [told(message) for message in running.take(referral(**wrong))]

        rejection = next(each for each in told_back if hasattr(each, "message_id"))
        assert rejection.field == field
        assert not running.kept(tables.decisions)

    def test_a_rejection_repeats_nothing_of_the_child(self, running):
        messages = running.take(referral(child={"date_of_birth": "2008-03-16"}))

        rejections = [each for each in messages if each.type == "message.rejected.v1"]
        assert len(rejections) == 1
        assert b"2008" not in rejections[0].body
        assert b"C1" not in rejections[0].body

    def test_a_referral_before_any_agency_is_registered_is_tried_again(self, empty):
        [message] = empty.take(referral())

        assert message.exchange == "eligibility.retry.5s"
        assert not empty.kept(tables.decisions)

    def test_a_referral_that_fails_leaves_the_others_decided(self, running):
        running.take(
            referral("R1"),
            referral("R2", purchaser="surrey"),
            referral("R3"),
            referral("R4", received_at="9999-12-31T23:30:00Z"),
        )

        decided = {row.referral_id for row in running.kept(tables.decisions)}
        assert decided == {"R1", "R3"}
