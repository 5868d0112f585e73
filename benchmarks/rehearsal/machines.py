"""The site's machines, as processes: a MongoDB replica set of three, Redis, S3, instances, a proxy."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import boto3
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from benchmarks.rehearsal.environment import (
    BUCKET,
    DATA,
    DATABASE,
    PROXY_PORT,
    S3_PORT,
    S3_URL,
    SHARED,
)
from instagram_clone import mongod
from tests.programs import executable
from tests.redis_server import RedisServer
from tests.server import ROOT, Server, free_port

WORKERS = 2
CACHE_GB, OPLOG_MB = "0.25", "256"
ANSWER_SECONDS = 60
STOP_SECONDS = 10

CADDYFILE = """
{{
	admin off
	auto_https off
}}
http://:{port} {{
	bind 127.0.0.1
	reverse_proxy {instances} {{
		lb_policy least_conn
		lb_try_duration 5s
		fail_duration 5s
		health_uri /_health
		health_interval 2s
		health_timeout 5s
	}}
}}
"""
"""The configuration from the README, without TLS."""


class Machines:
    """Everything the site runs on. `stop` terminates every process that was started."""

    def __init__(self) -> None:
        self.roots: dict[str, Callable[[], int]] = {}
        """The root process id of each machine, by name; 0 while it has none."""
        self._cleanup = contextlib.ExitStack()
        self.mongodb_uri = self.redis_url = ""
        self.instances: list[Server] = []

    def stop(self) -> None:
        """Stop everything, in reverse order."""
        self._cleanup.close()

    def start_stores(self) -> None:
        """Start MongoDB, Redis and S3, and return once they answer."""
        ports = [free_port() for _ in range(3)]
        for number, port in enumerate(ports):
            folder = DATA / f"mongod-{number}"
            folder.mkdir()
            self._run(
                f"mongod {number + 1}",
                mongod.binary(),
                *("--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket"),
                *("--replSet", "rs0", "--wiredTigerCacheSizeGB", CACHE_GB, "--oplogSize", OPLOG_MB),
                *("--logpath", str(folder / "log"), "--quiet"),
                *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
            )
        hosts = [f"127.0.0.1:{port}" for port in ports]
        self.mongodb_uri = f"mongodb://{','.join(hosts)}/?replicaSet=rs0"
        _initiate(hosts, self.mongodb_uri)
        redis = RedisServer(DATA)
        redis.start()
        self._cleanup.callback(redis.stop)
        self.roots["redis"] = lambda: redis.pid
        self.redis_url = redis.url
        self._run("s3 (moto)", sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(S3_PORT))
        _wait(lambda: _listens(S3_PORT), "S3")
        boto3.client("s3", endpoint_url=S3_URL, region_name="us-east-1").create_bucket(Bucket=BUCKET)

    def start_instances(self, number: int = 2) -> None:
        """Start the app as if on a number of machines; the first one builds it."""
        for at in range(number):
            folder = DATA / f"instance-{at}"
            folder.mkdir()
            environment: dict[str, str] = {
                **SHARED,
                "MONGODB_URI": self.mongodb_uri,
                "REDIS_URL": self.redis_url,
                "WORKERS": str(WORKERS),
                "LIMITS": "on",
                "TRUSTED_PROXIES": "127.0.0.1",
            }
            server = Server(folder, DATABASE, development=False, root=ROOT, **environment)
            self._cleanup.callback(server.stop)
            server.start()
            self.instances.append(server)
            self.roots[f"instance {at + 1}"] = lambda server=server: server.pid

    def start_proxy(self) -> None:
        """Start the proxy, and return once it listens."""
        config = DATA / "Caddyfile"
        instances = " ".join(f"127.0.0.1:{server.port}" for server in self.instances)
        config.write_text(CADDYFILE.format(port=PROXY_PORT, instances=instances))
        caddy = executable("caddy", "caddy")
        self._run("caddy", caddy, "run", "--config", str(config), "--adapter", "caddyfile")
        _wait(lambda: _listens(PROXY_PORT), "The proxy")

    def primary(self) -> str:
        """Return the address of the replica set's primary, "" while there is none."""
        for port in self.mongodb_uri.removeprefix("mongodb://").partition("/")[0].split(","):
            address = f"mongodb://{port}/?directConnection=true"
            with (
                contextlib.suppress(PyMongoError),
                MongoClient(address, serverSelectionTimeoutMS=500, socketTimeoutMS=500) as client,
            ):
                if client.admin.command("hello").get("isWritablePrimary"):
                    return port
        return ""

    def step_down(self) -> None:
        """Make the primary step down for a minute."""
        address = f"mongodb://{self.primary()}/?directConnection=true"
        with MongoClient(address) as client:
            client.admin.command("replSetStepDown", 60, secondaryCatchUpPeriodSecs=10)

    def _run(self, name: str, *command: str) -> None:
        log = (DATA / f"{name.replace(' ', '-')}.log").open("wb")
        process = subprocess.Popen(
            command,
            cwd=DATA,
            env={**os.environ, "XDG_DATA_HOME": str(DATA), "XDG_CONFIG_HOME": str(DATA)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl+C reaches only this program, which stops them in order
        )
        log.close()
        self._cleanup.callback(_end, process)
        self.roots[name] = lambda: process.pid


def missing() -> str:
    """Return a message about what this machine lacks, "" if nothing."""
    for name in ("redis-server", "caddy"):
        try:
            executable(name, name)
        except RuntimeError:
            return f"The rehearsal needs {name}. Install it (Debian: apt-get install {name})."
    try:
        mongod.binary()
    except mongod.MongodMissing as error:
        return str(error)
    return ""


def _initiate(hosts: list[str], uri: str) -> None:
    members = [{"_id": number, "host": host} for number, host in enumerate(hosts)]
    ports = [int(host.rpartition(":")[2]) for host in hosts]
    _wait(lambda: all(_listens(port) for port in ports), "MongoDB")
    with MongoClient(f"mongodb://{hosts[0]}/?directConnection=true") as client:
        client.admin.command("replSetInitiate", {"_id": "rs0", "members": members})
    with MongoClient(uri, serverSelectionTimeoutMS=ANSWER_SECONDS * 1000) as client:
        # Wait for all three, or the first writes would wait for members that are still copying.
        def states() -> list[str]:
            return [member["stateStr"] for member in client.admin.command("replSetGetStatus")["members"]]

        _wait(lambda: sorted(states()) == ["PRIMARY", "SECONDARY", "SECONDARY"], "MongoDB's set")


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} does not answer. Its log is in {DATA}.")
        time.sleep(0.1)
