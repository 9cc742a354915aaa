"""What the relay logs says which referral or placement nobody hears of."""

import json

from shared.logs import LineFormatter
from shared.messaging.message import Outgoing
from shared.messaging.relay import Relay
from shared.persistence import outbox
from shared.persistence.database import Database
from tests.delivery.fake_broker import FakeBroker
from tests.delivery.small_service import NOW, make_tables
from tests.delivery.worker_promises import until

REFUSED = "refused messages"


def test_what_is_logged_of_a_refusal_names_whom_it_is_about(tmp_path, caplog):
    database, broker = Database.open(f"sqlite:///{tmp_path}/service.db"), FakeBroker()
    make_tables(database)
    broker.refuses = lambda _message: "no queue takes it"
    message = Outgoing("fosterframe", "lost", b"{}", "m-1", "lost", "placement-1")
    with database.transaction() as connection:
        outbox.write(connection, [message], NOW)
    relay = Relay(service="pricing", broker=broker, database=database)

    relay.start()
    until(lambda: REFUSED in caplog.text)
    relay.stop(0)
    database.close()

    (said, *_) = (record for record in caplog.records if REFUSED in record.message)
    line = json.loads(LineFormatter("pricing", as_json=True).format(said))
    assert line["correlation_id"] == "placement-1"
