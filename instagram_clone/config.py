"""The settings, read once from the environment and rejected if they are wrong.

Owns every secret and every default; nothing else in the project reads the environment.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import secrets
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from instagram_clone.addresses import Network

SECRET_BYTES = 32
"""The shortest JWT secret accepted for a public site (RFC 7518, 3.2: as long as the hash)."""

MAX_DEFAULT_WORKERS, MAX_WORKERS = 8, 64
"""The most worker processes by default, and the most that can be configured."""

MAX_COUNT = 1_000_000


class ConfigError(Exception):
    """A setting that cannot be used. The text names the variable and says what to do."""


@dataclass(frozen=True)
class Settings:
    """Every setting of the app. Paths are absolute, URLs have no trailing slash."""

    mongodb_uri: str | None
    database: str
    data_dir: Path
    public_url: str
    jwt_secret: str
    media_url: str
    redis_url: str | None
    workers: int
    sign_up: bool
    limits: bool
    connections_per_address: int
    sockets_per_address: int
    sockets_per_account: int
    trusted_proxies: tuple[Network, ...]
    production: bool
    smtp_url: str | None
    mail_from: str

    @property
    def secure(self) -> bool:
        """Whether people reach the app over https."""
        return self.public_url.startswith("https://")

    @property
    def local(self) -> bool:
        """Whether the app is only reachable from this machine."""
        return is_local(self.public_url)

    @property
    def sends_mail(self) -> bool:
        """Whether mail is sent: by SMTP, or in development to a file."""
        return self.smtp_url is not None or not self.production


def is_local(url: str) -> bool:
    """Return whether a URL's host is this machine's loopback."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@functools.cache
def settings() -> Settings:
    """Read the environment once. Raises ConfigError with the variable's name."""
    return read(dict(os.environ))


def read(env: dict[str, str]) -> Settings:
    """Turn an environment into settings. Raises ConfigError with the variable's name."""
    public_url = _origin(_url(env, "PUBLIC_URL", "http://localhost:3000", ("http", "https")))
    local = is_local(public_url)
    data_dir = Path(env.get("DATA_DIR") or "data").expanduser().resolve()
    limits = _choice(env, "LIMITS", "on", ("on", "off")) == "on"
    if not limits and not local:
        raise ConfigError("LIMITS can only be off while PUBLIC_URL is local.")
    redis_url = _url(env, "REDIS_URL", None, ("redis", "rediss"))
    return Settings(
        mongodb_uri=_url(env, "MONGODB_URI", None, ("mongodb", "mongodb+srv")),
        database=_database(env),
        data_dir=data_dir,
        public_url=public_url,
        jwt_secret=_secret(env, data_dir, local),
        media_url=_url(
            env, "MEDIA_URL", (data_dir / "media").as_uri(), ("file", "s3", "gs", "az", "memory")
        ),
        redis_url=redis_url,
        workers=_workers(env, alone=redis_url is None),
        sign_up=_choice(env, "SIGN_UP", "open", ("open", "closed")) == "open",
        limits=limits,
        connections_per_address=_count(env, "CONNECTIONS_PER_ADDRESS", 500),
        sockets_per_address=_count(env, "SOCKETS_PER_ADDRESS", 200),
        sockets_per_account=_count(env, "SOCKETS_PER_ACCOUNT", 100),
        trusted_proxies=_networks(env, "TRUSTED_PROXIES"),
        production=env.get("REFLEX_ENV_MODE") == "prod",
        smtp_url=_url(env, "SMTP_URL", None, ("smtp", "smtps")),
        mail_from=_mail_from(env, public_url),
    )


def _choice(env: dict[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = (env.get(name) or default).strip().lower()
    if value not in allowed:
        raise ConfigError(f"{name} must be {' or '.join(allowed)}, not {value!r}.")
    return value


def _url(env: dict[str, str], name: str, default, schemes: tuple[str, ...]):
    value = (env.get(name) or "").strip()
    if not value:
        return default
    try:
        parts = urlsplit(value)
        host = parts.netloc or parts.path
        if not value.startswith("mongodb"):  # which may name several hosts
            _ = parts.port
    except ValueError:
        parts, host = None, ""
    # The value is not repeated: a MongoDB or Redis URL may contain a password.
    if parts is None or parts.scheme not in schemes or not host:
        raise ConfigError(f"{name} must be a URL that starts with {schemes[0]}://.")
    return value.rstrip("/")


def _origin(url: str) -> str:
    """Return PUBLIC_URL as browsers send it in `Origin`, which it is compared with.

    That is in lower case, and without the scheme's default port.
    """
    parts = urlsplit(url)
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ConfigError("PUBLIC_URL must consist of scheme, host and port only.")
    if not parts.netloc.isascii():
        raise ConfigError(
            "PUBLIC_URL must have its host in ASCII, which for other letters begins with xn--."
        )
    default = {"http": ":80", "https": ":443"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(default)}"


def _mail_from(env: dict[str, str], public_url: str) -> str:
    value = (env.get("MAIL_FROM") or "").strip()
    if not value:
        return f"Instaclone <no-reply@{urlsplit(public_url).hostname}>"
    user, at, host = parseaddr(value)[1].rpartition("@")
    if not (user and at and host) or any(char in value for char in "\r\n"):
        raise ConfigError('MAIL_FROM must be an address, for example "Instaclone <hello@example.com>".')
    return value


def _database(env: dict[str, str]) -> str:
    name = env.get("DATABASE") or "instagram_clone"
    if len(name) > 38 or not name.replace("_", "").replace("-", "").isalnum():
        raise ConfigError("DATABASE must be up to 38 letters, digits, '-' and '_'.")
    return name


def _count(env: dict[str, str], name: str, default: int) -> int:
    value = (env.get(name) or "").strip()
    if value and not (value.isdecimal() and 1 <= int(value) <= MAX_COUNT):
        raise ConfigError(f"{name} must be a number from 1 to {MAX_COUNT}, not {value!r}.")
    return int(value or default)


def _networks(env: dict[str, str], name: str) -> tuple[Network, ...]:
    values = (env.get(name) or "").replace(",", " ").split()
    try:
        networks = tuple(ipaddress.ip_network(one) for one in values)
    except ValueError:
        raise ConfigError(
            f"{name} must be addresses or networks, such as 127.0.0.1 or 10.0.0.0/8, separated by commas."
        ) from None
    if any(network.prefixlen == 0 for network in networks):
        raise ConfigError(f"{name} must not include every address: anyone could then fake their address.")
    return networks


def _workers(env: dict[str, str], *, alone: bool) -> int:
    value = (env.get("WORKERS") or "").strip()
    if not value:
        return 1 if alone else min(2 * (os.cpu_count() or 1) + 1, MAX_DEFAULT_WORKERS)
    if not value.isdecimal() or not 1 <= int(value) <= MAX_WORKERS:
        raise ConfigError(f"WORKERS must be a number from 1 to {MAX_WORKERS}, not {value!r}.")
    if alone and int(value) > 1:
        raise ConfigError("WORKERS above 1 requires REDIS_URL, where the processes share their state.")
    return int(value)


def _secret(env: dict[str, str], data_dir: Path, local: bool) -> str:
    value = env.get("JWT_SECRET") or ""
    if value:
        if len(value.encode()) < SECRET_BYTES:
            raise ConfigError(f"JWT_SECRET must be at least {SECRET_BYTES} bytes long.")
        return value
    if not local:
        raise ConfigError(
            "JWT_SECRET must be set while PUBLIC_URL is not local, for example to the output of:"
            ' python -c "import secrets; print(secrets.token_hex(32))"'
        )
    return _generated_secret(data_dir / "secret")


def _generated_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"secret.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(SECRET_BYTES))
    # Linking either creates the whole secret or finds another process's, never half of one.
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    secret = path.read_text().strip()
    if len(secret) < SECRET_BYTES:
        raise ConfigError(f"The secret in {path} is damaged. Delete the file to generate a new one.")
    return secret
