"""Ray clusters on 127.0.0.1, of which every process is known and ended."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.partners.mailserver import free_port

HERE = "127.0.0.1"
LIFE = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
SECONDS = 120.0  # seconds, on a machine that has much else to do
# Where 127.0.0.1 is named, Ray looks for another address of the machine, unless it believes that it can have one node
# only. It is told so where that is enough, and shown what it is to find where it joins another.
JOIN = (
    "from ray._private import services; services.get_node_ip_address = lambda address=None: '127.0.0.1'; "
    "from ray.scripts.scripts import main; main()"
)
SMALL = ("--num-cpus=1", f"--memory={4 << 30}", f"--object-store-memory={80 << 20}", "--disable-usage-stats")
QUIET = ("--include-log-monitor=false", "--min-worker-port=0", "--max-worker-port=0", f"--node-ip-address={HERE}")
QUICKLY = {
    "RAY_health_check_initial_delay_ms": "500", "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "2000", "RAY_health_check_failure_threshold": "3",
}  # fmt: skip


class Node:
    """What `ray start` began, and all that this began in turn."""

    def __init__(self, *arguments: str, environ: Mapping[str, str], log: Path) -> None:
        joins = "--head" not in arguments
        begun = ["-c", JOIN] if joins else ["-m", "ray.scripts.scripts"]
        self._log = log
        with log.open("wb") as said:
            self._process = subprocess.Popen(
                [sys.executable, *begun, "start", "--block", *arguments, *SMALL, *QUIET],
                env={**environ, "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": str(int(joins))},
                stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def await_(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < until, self._log.read_text()
            assert self._process.poll() is None, self._log.read_text()
            time.sleep(0.05)

    def await_started(self) -> None:
        self.await_(lambda: b"will now block" in self._log.read_bytes())

    def processes(self, named: str = "") -> list[int]:
        """Those of this node whose name begins so."""
        return [pid for pid, name in _of_session(self._process.pid) if name.startswith(named)]

    def kill(self) -> None:
        """As when its power fails."""
        while left := self.processes():
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._process.wait()


class Cluster:
    """A head, and whoever joins it. `environ` is what its nodes are started with."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.port = free_port()
        self.address = f"{HERE}:{self.port}"
        self._folder, self._environ = folder, {**os.environ, **QUICKLY, **environ}
        self._temporary = tempfile.mkdtemp(prefix="ray")  # its sockets' paths are to be short
        self._nodes: list[Node] = []
        self.head = self._node(
            "--head", f"--port={self.port}", "--include-dashboard=false", f"--temp-dir={self._temporary}"
        )  # fmt: skip
        self.head.await_(self._listens)

    def join(self) -> Node:
        return self._node(f"--address={self.address}")

    def close(self) -> None:
        for node in self._nodes:
            node.kill()
        shutil.rmtree(self._temporary)

    def _node(self, *arguments: str) -> Node:
        log = self._folder / f"node-{len(self._nodes)}.log"
        self._nodes.append(Node(*arguments, environ=self._environ, log=log))
        return self._nodes[-1]

    def _listens(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex((HERE, self.port)) == 0


def certified(folder: Path) -> dict[str, str]:
    """Certificates for 127.0.0.1, as the settings by which Ray uses them."""
    authority, node = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    paths = {name: folder / name for name in ("ca.crt", "node.crt", "node.key")}
    paths["ca.crt"].write_bytes(_certificate("authority", authority, authority, ca=True))
    paths["node.crt"].write_bytes(_certificate("node", node, authority, ca=False))
    paths["node.key"].write_bytes(node.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return {
        "RAY_USE_TLS": "1", "RAY_TLS_CA_CERT": str(paths["ca.crt"]), "RAY_TLS_SERVER_CERT": str(paths["node.crt"]),
        "RAY_TLS_SERVER_KEY": str(paths["node.key"]),
    }  # fmt: skip


def _certificate(name: str, of: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, *, ca: bool) -> bytes:
    subject, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, "authority"))
    builder = x509.CertificateBuilder(issuer, subject, of.public_key(), x509.random_serial_number(), *LIFE)
    return (
        builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HERE))]), critical=False)
        .sign(by, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )


def _of_session(session: int) -> list[tuple[int, str]]:
    """The processes of a session that have not ended, and their names."""
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            pid, rest = int(folder.name), (folder / "stat").read_text()
            name, state = rest[rest.index("(") + 1 : rest.rindex(")")], rest[rest.rindex(")") + 2 :].split()
            if int(state[3]) == session and state[0] != "Z":
                found.append((pid, name))
    return found
