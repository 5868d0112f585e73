"""The deployment files hold settings the app understands, and the proxy is the only way in."""

from __future__ import annotations

import configparser
import ipaddress
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from instagram_clone import config
from tests.server import ROOT

VALUES = {"SITE": "photos.example.com", "JWT_SECRET": "j" * 64, "MONGO_PASSWORD": "m" * 64}
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def substitute(value: Any) -> Any:
    """Substitute variables, as compose does."""
    if isinstance(value, dict):
        return {name: substitute(one) for name, one in value.items()}
    if isinstance(value, list):
        return [substitute(one) for one in value]
    if not isinstance(value, str):
        return value

    def value_of(match: re.Match[str]) -> str:
        name, kind, more = match.groups()
        assert name in VALUES or kind == "-", f"{name} must be given"
        return VALUES.get(name, more or "")

    return VARIABLE.sub(value_of, value)


@pytest.fixture
def compose() -> dict[str, Any]:
    return substitute(yaml.safe_load((ROOT / "compose.yaml").read_text()))


@pytest.fixture
def image() -> list[list[str]]:
    """The build steps of the image, in order, each split into words."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def test_only_the_proxy_can_be_reached_from_outside(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {name for name, service in services.items() if "ports" in service} == {"proxy"}
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("mongo", "redis"):
        assert services[name]["networks"] == ["inside"]
    for service in services.values():
        assert set(service["networks"]) <= set(compose["networks"])
        assert {volume.partition(":")[0] for volume in service.get("volumes", ())} <= set(
            compose["volumes"]
        )
        assert set(service.get("depends_on", ())) <= set(services)


def test_the_app_trusts_only_the_proxys_network_and_accepts_its_settings(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    given = {name: str(value) for name, value in compose["services"]["app"]["environment"].items()}
    chosen = config.read({**given, "DATA_DIR": str(tmp_path)})
    assert chosen.public_url == "https://photos.example.com" and chosen.secure
    assert chosen.smtp_url is None and chosen.workers == 2
    [network] = compose["networks"]["outside"]["ipam"]["config"]
    assert chosen.trusted_proxies == (ipaddress.ip_network(network["subnet"]),)
    proxy = compose["services"]["proxy"]
    assert chosen.public_url in proxy["command"] and proxy["networks"] == ["outside"]


def test_the_database_requires_a_password_that_the_app_has(compose: dict[str, Any]) -> None:
    mongo, app = compose["services"]["mongo"], compose["services"]["app"]
    user = mongo["environment"]["MONGO_INITDB_ROOT_USERNAME"]
    password = mongo["environment"]["MONGO_INITDB_ROOT_PASSWORD"]
    assert password == VALUES["MONGO_PASSWORD"]
    assert app["environment"]["MONGODB_URI"].startswith(f"mongodb://{user}:{password}@mongo:27017/")
    assert "--keyFile" in mongo["command"][0]


def test_the_image_runs_unprivileged_and_has_a_health_check(image: list[list[str]]) -> None:
    users = [step[1] for step in image if step[0] == "USER"]
    assert users[-1:] == ["app"]
    [health] = [" ".join(step) for step in image if step[0] == "HEALTHCHECK"]
    assert "/_health" in health
    made = " ".join(next(step for step in image if "useradd" in step))
    volumes = [step[1] for step in image if step[0] == "VOLUME"]
    assert all(volume in made for volume in volumes), "a new volume must be the user's"


def test_the_service_may_open_enough_sockets() -> None:
    [unit] = re.findall(r"```ini\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    # systemd has no trailing comments: they would become part of the values.
    assert all("#" not in line or line.startswith("#") for line in unit.splitlines())
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # pyright: ignore[reportAttributeAccessIssue]
    parsed.read_string(unit)
    service = parsed["Service"]
    assert int(service["LimitNOFILE"]) >= 65536
    assert service["User"] != "root"
    environment = dict(one.split("=", 1) for one in service["Environment"].split())
    assert config.read({**environment, "JWT_SECRET": "j" * 64}).secure
