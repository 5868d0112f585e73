"""Settings: read once, and rejected by name when they are wrong."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from instagram_clone import config
from instagram_clone.config import ConfigError

PUBLIC = {"PUBLIC_URL": "https://photos.example.com", "JWT_SECRET": "s" * 32}


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = config.read({"DATA_DIR": str(tmp_path)})
    assert (settings.public_url, settings.database, settings.sign_up, settings.limits) == (
        "http://localhost:3000", "instagram_clone", True, True,
    )  # fmt: skip
    assert settings.mongodb_uri is None and settings.media_url == (tmp_path / "media").as_uri()


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://Photos.Example.com/", "https://photos.example.com"),
        ("HTTPS://photos.example.com:443", "https://photos.example.com"),
        ("http://localhost:80", "http://localhost"),
        ("https://photos.example.com:8443", "https://photos.example.com:8443"),
        ("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_the_public_url_is_what_browsers_send_as_their_origin(
    written: str, origin: str, tmp_path: Path
) -> None:
    settings = config.read({"DATA_DIR": str(tmp_path), "PUBLIC_URL": written, "JWT_SECRET": "s" * 32})
    assert settings.public_url == origin


def test_a_development_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = config.read({"DATA_DIR": str(tmp_path)}).jwt_secret
    assert len(first) >= 32
    assert config.read({"DATA_DIR": str(tmp_path)}).jwt_secret == first
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_public_server_needs_a_long_secret(tmp_path: Path) -> None:
    env = {**PUBLIC, "DATA_DIR": str(tmp_path)}
    assert config.read(env).secure
    for secret in ("", "short", "é" * 15):
        with pytest.raises(ConfigError, match="JWT_SECRET"):
            config.read({**env, "JWT_SECRET": secret})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MONGODB_URI", "localhost:27017"),
        ("MONGODB_URI", "http://localhost"),
        ("DATABASE", "a/b"),
        ("DATABASE", "x" * 60),
        ("PUBLIC_URL", "photos.example.com"),
        ("PUBLIC_URL", "https://photos.example.com/app"),
        ("PUBLIC_URL", "https://somebody@photos.example.com"),
        ("PUBLIC_URL", "https://münchen.example"),
        ("MEDIA_URL", "ftp://files"),
        ("REDIS_URL", "localhost"),
        ("SIGN_UP", "maybe"),
        ("LIMITS", "none"),
        ("WORKERS", "many"),
        ("WORKERS", "0"),
        ("SMTP_URL", "mail.example.com"),
        ("SMTP_URL", "https://mail.example.com"),
        ("SMTP_URL", "smtp://mail.example.com:smtp"),
        ("REDIS_URL", "redis://localhost:99999"),
        ("MAIL_FROM", "us"),
        ("MAIL_FROM", "us@example.com\r\nBcc: them@example.com"),
        ("CONNECTIONS_PER_ADDRESS", "0"),
        ("SOCKETS_PER_ADDRESS", "many"),
        ("SOCKETS_PER_ACCOUNT", "-1"),
        ("TRUSTED_PROXIES", "proxy.example.com"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TRUSTED_PROXIES", "127.0.0.1, *"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("TRUSTED_PROXIES", "::/0"),
    ],
)
def test_a_malformed_value_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        config.read({"DATA_DIR": str(tmp_path), name: value})


def test_limits_can_be_switched_off_only_on_this_machine(tmp_path: Path) -> None:
    assert not config.read({"DATA_DIR": str(tmp_path), "LIMITS": "off"}).limits
    with pytest.raises(ConfigError, match="LIMITS"):
        config.read({**PUBLIC, "DATA_DIR": str(tmp_path), "LIMITS": "off"})


def test_several_processes_need_redis(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path), "WORKERS": "2"}
    with pytest.raises(ConfigError, match="REDIS_URL"):
        config.read(env)
    assert config.read({**env, "REDIS_URL": "redis://localhost"}).workers == 2
    assert config.read({**env, "WORKERS": ""}).workers == 1
    assert config.read({**env, "WORKERS": "", "REDIS_URL": "redis://localhost"}).workers > 1


def test_a_password_in_an_address_is_never_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        config.read({"DATA_DIR": str(tmp_path), "MONGODB_URI": "mongo://u:hunter2@h"})
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "local"),
    [("http://localhost:3000", True), ("http://127.0.0.1", True), ("http://[::1]:80", True),
     ("http://app.localhost", True), ("https://example.com", False), ("http://localhost.evil.com", False),
     ("http://127.0.0.1.evil.com", False)],
)  # fmt: skip
def test_what_counts_as_this_machine(url: str, local: bool) -> None:
    assert config.is_local(url) is local


def test_mail_comes_from_the_public_host_by_default(tmp_path: Path) -> None:
    env = {**PUBLIC, "DATA_DIR": str(tmp_path)}
    assert config.read(env).mail_from == "Instaclone <no-reply@photos.example.com>"
    assert config.read({**env, "MAIL_FROM": "Us <us@example.com>"}).mail_from == "Us <us@example.com>"


def test_no_mail_is_sent_in_production_without_a_server(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path)}
    assert config.read(env).sends_mail
    assert not config.read({**env, "REFLEX_ENV_MODE": "prod"}).sends_mail
    assert config.read({**env, "REFLEX_ENV_MODE": "prod", "SMTP_URL": "smtp://mail.example.com"}).sends_mail
