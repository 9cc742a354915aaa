"""RabbitMQ and PostgreSQL are killed, restarted and run out of room while both services work."""

import time

import pytest

from tests.containers import engine
from tests.containers.survival import survive

pytestmark = [pytest.mark.containers, pytest.mark.slow]

SHORT_OF_ROOM_SECONDS = 10
STOPS_WITHIN_SECONDS = "30"
NOTICED_WITHIN_SECONDS = 30


def kill_and_survive(system, table, service, answers, seed):
    container = system.container(service)
    before = engine.started_at(container)

    survive(
        system,
        table,
        f"SIGKILL {service}",
        lambda: engine.kill_process(container),
        seed=seed,
        has_returned=lambda: engine.started_at(container) != before and answers(),
    )


def test_nothing_is_lost_or_done_twice_though_the_broker_is_killed(system, table):
    kill_and_survive(system, table, "rabbitmq", system.broker_answers, 201)


def test_nothing_is_lost_or_done_twice_though_the_database_is_killed(system, table):
    kill_and_survive(system, table, "postgres", system.database_answers, 202)


def test_nothing_is_lost_or_done_twice_though_the_broker_is_restarted(system, table):
    def strike():
        restart(system, "rabbitmq")

    survive(system, table, "restart rabbitmq", strike, seed=203, has_returned=system.broker_answers)


def test_nothing_is_lost_or_done_twice_though_the_database_is_restarted(system, table):
    def strike():
        restart(system, "postgres")

    survive(
        system, table, "restart postgres", strike, seed=204, has_returned=system.database_answers
    )


def restart(system, service):
    container = system.container(service)
    engine.run("docker", "restart", f"--time={STOPS_WITHIN_SECONDS}", container)


def await_alarm(system, resource):
    engine.until(lambda: resource in system.alarms(), NOTICED_WITHIN_SECONDS, f"want of {resource}")


def test_publishers_wait_and_lose_nothing_while_the_broker_is_short_of_memory(system, table):
    def strike():
        system.rabbitmqctl("set_vm_memory_high_watermark", "absolute", "1MB")
        await_alarm(system, "memory")
        time.sleep(SHORT_OF_ROOM_SECONDS)
        system.rabbitmqctl("set_vm_memory_high_watermark", "absolute", "600MB")

    survive(
        system, table, "memory alarm", strike, seed=205, has_returned=lambda: not system.alarms()
    )


def test_publishers_wait_and_lose_nothing_while_the_brokers_disk_is_full(system, table):
    def strike():
        system.rabbitmqctl("set_disk_free_limit", "100000GB")
        await_alarm(system, "disk")
        time.sleep(SHORT_OF_ROOM_SECONDS)
        system.rabbitmqctl("set_disk_free_limit", "500MB")

    survive(system, table, "disk alarm", strike, seed=206, has_returned=lambda: not system.alarms())
