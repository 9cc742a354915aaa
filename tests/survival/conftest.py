"""The scenes on which processes are killed."""

import pytest

pytest.register_assert_rewrite("tests.survival.counts", "tests.survival.kills")

from tests.survival.scene import TOLD_AT, Scene  # noqa: E402 - asserts are rewritten first


@pytest.fixture
def scene(rabbitmq, tmp_path):
    """Both services with SQLite files."""
    scene = Scene(rabbitmq.url, tmp_path, {})
    yield scene
    scene.close()


@pytest.fixture
def scene_of_one_instant(rabbitmq, tmp_path):
    """The same, with clocks that stand still, so that timelines can be derived again as of then."""
    scene = Scene(rabbitmq.url, tmp_path, {}, now=TOLD_AT)
    yield scene
    scene.close()


@pytest.fixture
def scene_on_postgresql(rabbitmq, postgresql, tmp_path):
    """Both services with a PostgreSQL database each."""
    second = postgresql.server.new_database()
    urls = {"eligibility": postgresql.url, "pricing": postgresql.server.url_of(second)}
    scene = Scene(rabbitmq.url, tmp_path, urls)
    yield scene
    scene.close()
    postgresql.start()
    postgresql.server.drop_database(second)
