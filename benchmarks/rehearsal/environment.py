"""The settings that the instances and this program share.

Import it before the app: it sets the environment variables that the app reads.
"""

from __future__ import annotations

import os
import secrets

from benchmarks.isolated import DATA
from tests.server import free_port

PROXY_PORT, S3_PORT = free_port(), free_port()
PUBLIC_URL = f"http://127.0.0.1:{PROXY_PORT}"
SOCKET_URL = f"ws://127.0.0.1:{PROXY_PORT}/_event/?EIO=4&transport=websocket"
S3_URL = f"http://127.0.0.1:{S3_PORT}"
BUCKET = "photos"
DATABASE = "rehearsal"

SHARED = {
    "PUBLIC_URL": PUBLIC_URL,
    "JWT_SECRET": secrets.token_hex(32),
    "MEDIA_URL": f"s3://{BUCKET}",
    "AWS_ENDPOINT": S3_URL,
    "AWS_ALLOW_HTTP": "true",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "rehearsal",
    "AWS_SECRET_ACCESS_KEY": "rehearsal",
}
"""The settings common to all machines of a site. Those for MongoDB and Redis are known once they run."""

os.environ.update(SHARED)

__all__ = [
    "BUCKET",
    "DATA",
    "DATABASE",
    "PROXY_PORT",
    "PUBLIC_URL",
    "S3_PORT",
    "S3_URL",
    "SHARED",
    "SOCKET_URL",
]
