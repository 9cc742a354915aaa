"""The images of the services are small and hold what a service needs and nothing else."""

import os
import re
import uuid
from pathlib import PurePosixPath

import pytest

from tests.containers import engine
from tests.containers.clean_machine import copied
from tests.containers.images import Image
from tests.support.absent import absent

pytestmark = pytest.mark.containers

SERVICES = ("eligibility", "pricing")
LARGEST_BYTES = 250_000_000
USER = "10001:10001"
BUILT_WITHIN_SECONDS = 600

TOOLS = re.compile(
    r"(^|/)(gcc|g\+\+|cc|c\+\+|cc1|clang|ld|as|make|pip3?|pip3?\.\d+|ensurepip|uv|git|curl|wget|gdb"
    r"|x86_64-linux-gnu-(gcc|ld|as))(-\d+)?$"
)
TESTS = re.compile(r"(^|/)(tests?|testing|conftest\.py|test_\w+\.py)(/|$)")
SECRET_FILE = re.compile(
    r"\.(pem|key|p12|pfx|password|env|netrc|pgpass)$|(^|/)(\.netrc|id_rsa|pip\.conf|cookie)$"
)
SECRET_SETTING = re.compile(r"password|passwd|secret|token|api_?key|credential", re.IGNORECASE)
ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@pytest.fixture(scope="module", params=SERVICES)
def service(request):
    return request.param


@pytest.fixture(scope="module")
def images():
    if not engine.answers():
        absent("No Docker engine answers.")
    tag = os.environ.get("FOSTERFRAME_VERSION", "latest")
    names = {service: f"fosterframe/{service}:{tag}" for service in SERVICES}
    if missing := [name for name in names.values() if not engine.has_image(name)]:
        absent(f"There are no images {', '.join(missing)}. Build them: make images.")
    return {service: Image(name) for service, name in names.items()}


@pytest.fixture
def image(images, service):
    return images[service]


def test_an_image_is_small(image):
    assert image.told["Size"] < LARGEST_BYTES


def test_an_image_holds_no_compiler_and_nothing_that_installs_or_fetches(image):
    found = [name for name in image.files if TOOLS.search(name) and "site-packages" not in name]

    assert found == []
    assert not [name for name in image.own_files if "/site-packages/pip/" in name]


def test_an_image_holds_no_tests_no_demonstration_and_no_documents(image):
    ours = [name for name in image.own_files if "/site-packages/" not in name]

    assert [name for name in ours if TESTS.search(name)] == []
    assert [name for name in ours if "/demo/" in name or name.endswith((".md", ".toml"))] == []
    assert [name for name in image.own_files if "/tests/" in name] == []


def test_an_image_holds_its_own_service_only(images, service):
    other = next(name for name in SERVICES if name != service)

    ours = images[service].own_files

    assert f"opt/fosterframe/services/{service}/__init__.py" in ours
    assert not [name for name in ours if name.startswith(f"opt/fosterframe/services/{other}/")]


def test_the_rules_engine_is_in_the_image_of_eligibility_alone(images):
    def engines(service):
        return [name for name in images[service].files if "durable" in PurePosixPath(name).name]

    assert engines("eligibility") != []
    assert engines("pricing") == []


def test_no_file_of_an_image_is_named_like_a_secret(image):
    found = [name for name in image.own_files if SECRET_FILE.search(name)]
    elsewhere = [
        name
        for name in image.files
        if SECRET_FILE.search(name) and name.startswith(("root/", "home/", "tmp/", "run/", "var/"))
    ]

    # What certifi ships is the public list of authorities.
    assert [name for name in found if not name.endswith("/certifi/cacert.pem")] == []
    assert elsewhere == []


def test_neither_settings_nor_history_of_an_image_tell_a_secret_or_an_address(image):
    names = [line.split("=", 1)[0] for line in image.settings["Env"]]
    told = "\n".join([*image.settings["Env"], image.history])

    assert [name for name in names if SECRET_SETTING.search(name)] == []
    assert not re.search(rf"({SECRET_SETTING.pattern})\w*\s*[=:]", told, re.IGNORECASE)
    assert not ADDRESS.search(told)


def test_a_container_is_nobody_special(image):
    said = image.run(
        "-c",
        "import os; print(os.getuid(), os.getgid());"
        "print(open('/proc/self/status').read().split('CapEff:')[1].split()[0])",
        entrypoint="python",
    )

    assert image.settings["User"] == USER
    assert said.stdout.split() == ["10001", "10001", "0" * 16], said.stderr


def test_a_container_runs_without_writing_to_its_own_file_system(image, service):
    said = image.run("worker", "--help")
    migrated = image.run("migrate", service)

    assert said.returncode == 0, said.stderr
    assert migrated.stdout == f"The database of {service} is up to date.\n", migrated.stderr


def test_nothing_in_an_image_can_be_changed_by_the_service(image):
    said = image.run(
        "-c",
        "import os; print([p for p, _, files in os.walk('/opt') for f in ['', *files]"
        " if os.access(os.path.join(p, f), os.W_OK, effective_ids=True)][:5])",
        entrypoint="python",
    )

    assert said.stdout == "[]\n", said.stderr


@pytest.fixture
def private_version(settings, tmp_path):
    """Images of a copy of the project that its owner keeps to himself, as a private umask does."""
    folder = tmp_path / "private"
    folder.mkdir()
    copied(folder)
    for name in ("requirements", "shared", "services", "deploy"):
        engine.run("chmod", "-R", "go-rwx", str(folder / name))
    version = f"private-{uuid.uuid4().hex[:8]}"
    engine.run(
        str(folder / "tools" / "images"),
        environment=settings | {"FOSTERFRAME_VERSION": version},
        seconds=BUILT_WITHIN_SECONDS,
    )
    yield version
    for name in SERVICES:
        engine.run("docker", "image", "rm", "--force", f"fosterframe/{name}:{version}")


@pytest.mark.slow
@pytest.mark.usefixtures("images")
def test_images_can_be_run_though_whoever_built_them_keeps_the_files_from_others(private_version):
    for name in SERVICES:
        said = Image(f"fosterframe/{name}:{private_version}").run("worker", "--help")

        assert said.returncode == 0, said.stderr


def test_python_has_nothing_left_to_compile(image):
    sources = {name for name in image.own_files if name.endswith(".py") and "/bin/" not in name}
    compiled = {
        str(path.parent.parent / f"{path.name.split('.')[0]}.py")
        for name in image.own_files
        if (path := PurePosixPath(name)).suffix == ".pyc"
    }

    assert len(sources) > 100
    assert sources - compiled == set()


def test_an_image_says_what_it_is_and_how_it_is_asked_whether_it_is_well(image, service):
    labels = image.settings["Labels"]

    assert labels["org.opencontainers.image.title"] == f"Fosterframe {service}"
    assert re.fullmatch(r"\d+\.\d+\.\d+", labels["org.opencontainers.image.version"])
    assert labels["org.opencontainers.image.revision"]
    assert "services.probe" in " ".join(image.settings["Healthcheck"]["Test"])
    assert image.settings["StopSignal"] == "SIGTERM"
    assert image.settings["Entrypoint"] == ["fosterframe"]
