"""The files for Docker keep what is promised of them. Needs no Docker: what runs is tested in tests/."""

import re
from importlib.util import find_spec

import pytest

from evcharging.common.config import GROUPS, CentralSettings, DriverSettings, EngineSettings, MonitorSettings
from evcharging.common.setting import settings_of
from evcharging.common.settings import Settings
from evcharging.tests.places import ROOT
from evcharging.tests.stages.docker_files import (
    DOCKERFILES,
    Dockerfile,
    Service,
    added_in,
    compose,
    dockerfile_of,
    environment_of,
    stages,
)

SERVICES: dict[str, Service] = compose()["services"]
PROGRAMS = {"ev-central", "ev-cp-e-1", "ev-cp-e-2", "ev-cp-m-1", "ev-cp-m-2", "ev-driver"}
GROUP: dict[str, type[Settings]] = {
    "central": CentralSettings,
    "cp_e": EngineSettings,
    "cp_m": MonitorSettings,
    "driver": DriverSettings,
}
DECLARED = {setting.variable for group in GROUPS for setting in settings_of(group)}


@pytest.fixture(params=sorted(GROUP))
def dockerfile(request: pytest.FixtureRequest) -> Dockerfile:
    return DOCKERFILES[request.param]


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest) -> Service:
    return SERVICES[request.param]


# Names


def test_the_network_is_made_of_these_services() -> None:
    assert SERVICES.keys() == PROGRAMS | {"kafka", "postgres", "prometheus", "grafana"}


def test_what_is_looked_for_by_name_has_that_name() -> None:
    assert SERVICES["kafka"]["container_name"] == "ev-kafka"
    assert compose()["networks"] == {"default": {"name": "docker_evcharging-network"}}


def test_every_program_is_built_from_a_dockerfile_of_its_own() -> None:
    assert DOCKERFILES.keys() == GROUP.keys()
    built = {name: dockerfile_of(SERVICES[name]) for name in PROGRAMS}
    assert {file.path for file in built.values() if file} == {file.path for file in DOCKERFILES.values()}


@pytest.mark.parametrize("page", ["README.md", "docs/docker.md"])
def test_a_point_is_added_as_the_pages_say(page: str) -> None:
    added = added_in(page)
    assert added.keys() == {"ev-cp-e-3", "ev-cp-m-3"}
    assert not added.keys() & SERVICES.keys()
    for name, service in added.items():
        known = SERVICES[name.replace("3", "1")]
        assert dockerfile_of(service) == dockerfile_of(known)
        assert environment_of(service).keys() >= environment_of(known).keys()
        assert service.get("volumes", []) in ([], known.get("volumes"))


# Settings


def test_every_variable_of_a_program_is_a_declared_setting() -> None:
    for name in PROGRAMS:
        assert environment_of(SERVICES[name]).keys() - {"PATH", "PYTHONUNBUFFERED"} <= DECLARED, name


def test_whatever_listens_in_a_container_can_be_reached_from_outside_it() -> None:
    for name, group in GROUP.items():
        listening = {setting.variable for setting in settings_of(group) if setting.default == "127.0.0.1"}
        assert {DOCKERFILES[name].environment.get(variable) for variable in listening} == {"0.0.0.0"}, name


def test_ports_are_published_on_this_machine_alone(service: Service) -> None:
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_central_and_kafka_are_found_where_the_programs_without_docker_look_for_them() -> None:
    published = {port for name in ("kafka", "ev-central") for port in SERVICES[name]["ports"]}
    assert published == {f"127.0.0.1:{port}:{port}" for port in (8000, 9999, 9092)}


def test_kafka_has_a_listener_for_containers_and_one_for_this_machine() -> None:
    environment = SERVICES["kafka"]["environment"]
    advertised = environment["KAFKA_ADVERTISED_LISTENERS"]
    assert advertised == "CONTAINERS://kafka:19092,HOST://localhost:9092"
    assert {listener.partition("://")[0] for listener in environment["KAFKA_LISTENERS"].split(",")} == {
        "CONTAINERS",
        "HOST",
        "CONTROLLER",
    }


def test_kafka_is_set_as_it_is_without_docker() -> None:
    properties = (ROOT / "tools" / "broker" / "server.properties").read_text(encoding="utf-8")
    for name, value in re.findall(r"^([\w.]+)=([\w,.]+)$", properties, re.MULTILINE):
        assert str(SERVICES["kafka"]["environment"]["KAFKA_" + name.replace(".", "_").upper()]) == value, name


# What must outlive a container, and what must not live in an image


def test_the_ledger_the_journals_and_kafkas_data_are_in_named_volumes() -> None:
    kept = {name: service["volumes"] for name, service in SERVICES.items() if "volumes" in service}
    assert kept == {
        "kafka": ["kafka:/var/lib/kafka/data"],
        "postgres": ["ledger:/var/lib/postgresql"],
        "ev-cp-e-1": ["journals:/app/data"],
        "ev-cp-e-2": ["journals:/app/data"],
        "ev-driver": ["../requests.txt:/app/requests.txt:ro", "journals:/app/data"],
        "prometheus": ["./monitoring:/etc/prometheus:ro", "numbers:/prometheus"],
        "grafana": [
            "./monitoring/grafana/provisioning:/etc/grafana/provisioning:ro",
            "./monitoring/grafana/dashboards:/etc/grafana/dashboards:ro",
        ],
    }
    assert compose()["volumes"].keys() == {"kafka", "ledger", "journals", "numbers"}


def test_the_driver_comes_when_there_is_a_point_to_charge_at() -> None:
    assert SERVICES["ev-driver"]["depends_on"] == {
        "ev-cp-m-1": {"condition": "service_healthy"},
        "ev-cp-m-2": {"condition": "service_healthy"},
    }


def test_the_journal_of_an_added_point_is_in_a_volume_too() -> None:
    assert DOCKERFILES["cp_e"].of("VOLUME") == ["/app/data"]


def test_no_image_knows_a_password(dockerfile: Dockerfile) -> None:
    assert not re.search(r"(?i)password|secret|token", dockerfile.text)


def test_what_is_recorded_or_private_here_does_not_come_into_an_image() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    let_in = {rule[1:].rstrip("/") for rule in rules if rule.startswith("!")}
    assert rules[0] == "*"
    assert let_in == {
        *("app_build.py", "console", "evcharging", "hatch_build.py", "LICENSE", "mobile", "pyproject.toml"),
        *("README.md", "requests.txt", "requirements.txt", "uv.lock"),
    }


# How images are made


def test_the_images_share_what_is_the_same_in_them(dockerfile: Dockerfile) -> None:
    assert stages(dockerfile.text)[:2] == stages(DOCKERFILES["central"].text)[:2]
    own = stages(dockerfile.text)[2:]
    assert [stage.partition("\n")[0] for stage in own if stage is not own[-1]] == (
        ["FROM build AS app"] if dockerfile == DOCKERFILES["central"] else []
    )


def test_the_program_is_nobody_in_particular(dockerfile: Dockerfile) -> None:
    assert dockerfile.of("USER") == ["10001:10001"]


def test_the_program_itself_gets_the_signals(dockerfile: Dockerfile) -> None:
    python, module, name = dockerfile.entrypoint
    assert (python, module) == ("python3", "-m")
    assert find_spec(name)


def test_every_service_has_a_health_check_and_comes_back(service: Service) -> None:
    image = dockerfile_of(service)
    assert image.health_check if image else service["healthcheck"]["test"][0] == "CMD"
    is_driver = "DRIVER_DRIVER_ID" in service.get("environment", {})
    assert service["restart"] == ("on-failure" if is_driver else "unless-stopped")


def test_no_program_can_become_more_than_it_is(service: Service) -> None:
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not dockerfile_of(service) or (service["cap_drop"] == ["ALL"] and service["read_only"])


def test_logs_do_not_fill_the_disk(service: Service) -> None:
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}


def test_every_image_says_what_it_is(dockerfile: Dockerfile) -> None:
    labels = " ".join(dockerfile.of("LABEL"))
    assert all(f"org.opencontainers.image.{name}=" in labels for name in ("title", "description", "licenses"))
