"""A command that was written wrongly is refused at once, in a sentence, and does nothing."""

import pytest

from tests.operating.commands import Operator

NOBODY = "amqp://guest:guest@127.0.0.1:1/"


@pytest.mark.parametrize(
    ("command", "status", "advice"),
    [
        (("worker", "eligibility", "--now", "soon"), 1, "2026-04-01T09:00:00+01:00"),
        (("worker", "eligibility", "--now", "2026-04-01"), 1, "an instant with its offset"),
        (("worker", "eligibility", "--retry-after", "-5"), 1, "5,30,300"),
        (("worker", "eligibility", "--retry-after", "0,5"), 1, "5,30,300"),
        (("api", "eligibility", "--port", "65536"), 2, "--port"),
        (("dead", "list", "eligibility"), 1, "RabbitMQ at 127.0.0.1:1 is away"),
        (("queues",), 1, "RabbitMQ at 127.0.0.1:1 is away"),
    ],
)
def test_what_a_command_cannot_work_with_is_refused_before_anything_is_made(
    tmp_path, command, status, advice
):
    ran = Operator(state=tmp_path / "state", amqp_url=NOBODY).runs(*command)

    assert ran.status == status
    assert advice in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "state").exists()
