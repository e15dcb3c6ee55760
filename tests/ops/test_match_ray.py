"""`maillon match --engine ray`: what one machine answers, byte for byte, whoever dies; no cluster without a token."""

import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from maillon.matching.building import build
from maillon.matching.changing import add, withdraw
from maillon.ops import cli
from maillon.ops.matching.cluster.connecting import connected
from maillon.ops.matching.cluster.engine import ADDRESS
from maillon.ops.matching.cluster.errors import ClusterRefused
from maillon.ops.matching.running import BATCH
from tests.ops.rays import Cluster, certified

KNOWN, LATER, AFTER = 200_000, 70_000, 10_000
NAME = "canary-7301"
SMALL_PARTS = Path(__file__).with_name("small_parts.py")
Hashes = np.ndarray[Any, np.dtype[np.uint8]]


class Two:
    """A cluster of two nodes with certificates and a token, and what whoever may ask it has to be told."""

    def __init__(self, folder: Path) -> None:
        token = folder / "token"
        token.write_text("a token of thirty-two characters")
        settings = {**certified(folder), "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}
        self.cluster = Cluster(folder, settings)
        self.other = self.cluster.join()
        self.environ = {**asking(settings), "RAY_ADDRESS": self.cluster.address}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    found = Two(tmp_path_factory.mktemp("two"))
    try:
        yield found
    finally:
        found.cluster.close()


def asking(settings: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **settings, "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}


def command(*arguments: object) -> list[str]:
    return [sys.executable, str(SMALL_PARTS), "match", "--hashes", "--only-matches", *map(str, arguments)]


def test_a_node_dies_in_mid_run_and_the_answer_is_the_same_byte_for_byte(two: Two, tmp_path: Path) -> None:
    asked = questions(index(tmp_path / "matching"))
    environ = {**two.environ, "MAILLON_HOME": str(tmp_path)}
    local, over = tmp_path / "local.jsonl", tmp_path / f"{NAME}.jsonl"
    whole = "\n".join(asked)
    subprocess.run(command("--output", local, "-"), input=whole.encode(), env=environ, check=True)
    for node in (two.cluster.head, two.other):
        node.await_started()
    with (tmp_path / "said").open("wb") as said:
        run = subprocess.Popen(
            command("--output", over, "--engine", "ray", "-"),
            env=environ, cwd=tmp_path, stdin=subprocess.PIPE, stderr=said,
        )  # fmt: skip
    try:
        assert run.stdin is not None
        run.stdin.write("\n".join([*asked[: BATCH + 1], ""]).encode())
        run.stdin.flush()
        two.other.await_(lambda: run.poll() is not None or (over.exists() and over.stat().st_size > 0))
        parts = two.other.processes("ray::Part")
        assert len(parts) == 2
        assert len(two.cluster.head.processes("ray::Part")) == 2
        for pid in parts:  # they are asked, and do not answer any more
            os.kill(pid, signal.SIGSTOP)
        run.stdin.write("\n".join(asked[BATCH + 1 :]).encode())
        run.stdin.close()
        told = jobs(two)
        two.other.kill()
        assert run.wait() == 0, (tmp_path / "said").read_text()
    finally:
        run.kill()
        run.wait()
    assert over.read_bytes() == local.read_bytes()
    assert local.read_bytes().count(b'"bank":"later"') > 1000
    lines = (tmp_path / "said").read_text()
    assert "with a part of the index was lost; the part is built again.\n" in lines
    assert f"What was lost is built again, at {os.uname().nodename}.\n" in lines
    assert "raylet" not in lines
    assert b"multiprocessing" in told  # the cluster knows who asks,
    assert NAME.encode() not in told  # and not what about
    assert str(tmp_path).encode() not in told


def test_who_has_another_token_or_none_is_refused(two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(tmp_path / "matching", type="sha1", bank="known", hashes=bytes(20), entries=[1])
    ask = {**two.environ, "MAILLON_HOME": str(tmp_path), "RAY_AUTH_TOKEN": "another token"}
    done = subprocess.run(command("--engine", "ray", "-"), env=ask, input="", capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "does not take this token; RAY_AUTH_TOKEN_PATH names" in done.stderr
    nowhere = str(tmp_path / "none")
    for name, value, why in (
        ("RAY_AUTH_TOKEN_PATH", nowhere, f"There is no token of a cluster in {nowhere};"),
        ("RAY_AUTH_MODE", "disabled", "no token is used"),
        ("RAY_USE_TLS", "0", "No cluster answers"),
    ):
        with monkeypatch.context() as changed:
            for setting in {**two.environ, name: value}.items():
                changed.setenv(*setting)
            with pytest.raises(ClusterRefused, match=why), connected(two.cluster.address):
                pass


def test_without_ray_or_an_address_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAILLON_HOME", str(tmp_path))
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert cli.main(["match", "--engine", "ray", "-"]) == 1
    assert capsys.readouterr().err == f"maillon: {ADDRESS}\n"
    monkeypatch.setitem(sys.modules, "ray", None)
    assert cli.main(["match", "--engine", "ray", "-"]) == 1
    assert "Ray is not installed: install maillon[ray], here and on every node" in capsys.readouterr().err


def test_a_cluster_that_asks_for_no_token_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster(tmp_path, {"RAY_AUTH_MODE": "disabled"})
    monkeypatch.setenv("RAY_AUTH_TOKEN", "a token")
    try:
        with pytest.raises(ClusterRefused, match="asks nobody for a token"), connected(cluster.address):
            pass
    finally:
        cluster.close()


def index(folder: Path) -> Hashes:
    """A built index, of which some is withdrawn and to which more was added."""
    random = np.random.default_rng(7)
    hashes = random.integers(0, 256, (KNOWN + LATER, 32), np.uint8)
    add(folder, type="pdq", bank="known", hashes=hashes[:KNOWN].tobytes(), entries=np.arange(KNOWN))
    add(folder, type="md5", bank="known", hashes=hashes[:50, :16].tobytes(), entries=np.arange(50))
    build(folder)
    later = np.arange(LATER)
    add(folder, type="pdq", bank="later", hashes=hashes[KNOWN:].tobytes(), entries=later // 3, qualities=later % 100)
    withdraw(folder, bank="known", entries=np.arange(0, KNOWN, 5))
    withdraw(folder, bank="later", entries=np.arange(0, LATER // 3, 5))
    return hashes


def questions(hashes: Hashes) -> list[str]:
    """A list with a heading: more lines than are answered at once, of which every tenth is near something."""
    random = np.random.default_rng(8)
    asked = random.integers(0, 256, (BATCH + AFTER, 32), np.uint8)
    near = asked[::10]
    near[...] = hashes[random.integers(0, len(hashes), len(near))]
    many = np.arange(len(near))[:, None] % 40
    near ^= np.packbits(random.integers(0, 256, (len(near), 256)) < many, axis=1)
    return ["type,hash", *(f"pdq,{row.tobytes().hex()}" for row in asked[:-50]),
            *(f"md5,{row[:16].tobytes().hex()}" for row in hashes[:50])]  # fmt: skip


def jobs(two: Two) -> bytes:
    """What the cluster's head knows of who asks: the message JobTable, as it came."""
    cafile, token = two.environ["RAY_TLS_CA_CERT"], Path(two.environ["RAY_AUTH_TOKEN_PATH"]).read_text()
    context = ssl.create_default_context(cafile=cafile)
    context.load_cert_chain(two.environ["RAY_TLS_SERVER_CERT"], two.environ["RAY_TLS_SERVER_KEY"])
    with httpx.Client(http1=False, http2=True, verify=context, trust_env=False) as client:
        return client.post(
            f"https://{two.cluster.address}/ray.rpc.JobInfoGcsService/GetAllJobInfo",
            headers={"content-type": "application/grpc", "te": "trailers", "authorization": f"Bearer {token}"},
            content=bytes(5),
        ).content
