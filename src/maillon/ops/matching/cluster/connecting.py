"""Connecting with a cluster, and with none that does not ask everybody for its token.

Whoever may talk to a Ray cluster may run any program on all of its nodes and read their memory. Ray 2.52 learnt to ask
for a token, and does so only if it was told to: https://docs.ray.io/en/latest/ray-security/token-auth.html.
"""

import logging
import os
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from maillon.ops.matching.cluster.errors import ClusterRefused
from maillon.ops.matching.cluster.planning import Node

HEAD = re.compile(r"(?P<host>[^\s:/\[\]]+|\[[0-9a-fA-F:]+\]):(?P<port>[0-9]{1,5})")
ASKED = "ray.rpc.NodeInfoGcsService/GetClusterId"
"""What every program asks of a cluster first."""
NOTHING = bytes(5)
"""A message without fields, as gRPC writes it."""
UNAUTHENTICATED = "16"
"""https://grpc.io/docs/guides/status-codes/"""
SECONDS = 10.0
FILES = ("RAY_AUTH_TOKEN_PATH", "RAY_TLS_CA_CERT", "RAY_TLS_SERVER_CERT", "RAY_TLS_SERVER_KEY")
"""Settings that name files."""
TOKENS = "RAY_AUTH_TOKEN_PATH names the file that holds it (or RAY_AUTH_TOKEN is it, or ~/.ray/auth_token holds it)"


@contextmanager
def connected(address: str) -> Iterator[list[Node]]:
    """A cluster that asks for a token, and has this one; the nodes that work. Raises ClusterRefused."""
    if HEAD.fullmatch(address) is None:
        raise ClusterRefused(f"{address!r} is no address of a cluster's head; give HOST:PORT, as `ray start` says it.")
    known = token(os.environ)
    if _lets_in(address, None):
        raise ClusterRefused(
            f"The cluster at {address} asks nobody for a token: anyone could read the hashes there. Start its nodes "
            "with RAY_AUTH_MODE=token."
        )
    if not _lets_in(address, known):
        raise ClusterRefused(f"The cluster at {address} does not take this token; {TOKENS}.")
    os.environ |= {"RAY_AUTH_MODE": "token", "RAY_USAGE_STATS_ENABLED": "0"}
    import ray

    try:
        ray.init(address=address, log_to_driver=False, configure_logging=False, logging_level=logging.CRITICAL)
    except (RuntimeError, ConnectionError, ValueError) as error:
        why = " ".join(str(error.__cause__ or error).split())
        if "node to connect" in why:
            raise ClusterRefused(
                f"This machine is no node of the cluster; make it one with `ray start --address={address}`."
            ) from None
        raise ClusterRefused(f"The cluster at {address} does not take this machine: {why}") from None
    try:
        yield [
            Node(int(node["Resources"]["memory"]))
            for node in ray.nodes()
            if node["Alive"] and node["Resources"].get("CPU") and node["Resources"].get("memory")
        ]
    finally:
        ray.shutdown()


def token(environ: Mapping[str, str]) -> str:
    """The cluster's token, from where Ray looks for it. Raises ClusterRefused."""
    if environ.get("RAY_AUTH_MODE", "token").lower() != "token":
        raise ClusterRefused("RAY_AUTH_MODE says that no token is used; hashes go to no such cluster. Unset it.")
    if found := environ.get("RAY_AUTH_TOKEN", "").strip():
        return found
    path = Path(environ.get("RAY_AUTH_TOKEN_PATH") or Path.home() / ".ray" / "auth_token")
    try:
        found = path.read_text("ascii").strip()
    except (OSError, ValueError):
        found = ""
    if not found:
        raise ClusterRefused(f"There is no token of a cluster in {path}; {TOKENS}.")
    return found


def _lets_in(address: str, token: str | None) -> bool:
    """Whether the cluster answers whoever has this token, or none. Raises ClusterRefused."""
    headers = {"content-type": "application/grpc", "te": "trailers"}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    secured = _secured(os.environ)
    try:
        with httpx.Client(http1=False, http2=True, verify=secured or False, trust_env=False, timeout=SECONDS) as client:
            scheme = "https" if secured else "http"
            answer = client.post(f"{scheme}://{address}/{ASKED}", headers=headers, content=NOTHING)
    except httpx.HTTPError as error:
        raise ClusterRefused(f"No cluster answers at {address} ({error or type(error).__name__}).") from None
    if answer.headers.get("content-type") != headers["content-type"]:
        raise ClusterRefused(f"What answers at {address} is no cluster of Ray's.")
    return bool(answer.headers.get("grpc-status") != UNAUTHENTICATED)


def _secured(environ: Mapping[str, str]) -> ssl.SSLContext | None:
    """The certificates that Ray's own settings name, where it is to use any. Raises ClusterRefused."""
    if environ.get("RAY_USE_TLS", "0").lower() not in ("1", "true"):
        return None
    try:
        context = ssl.create_default_context(cafile=environ["RAY_TLS_CA_CERT"])
        context.load_cert_chain(environ["RAY_TLS_SERVER_CERT"], environ["RAY_TLS_SERVER_KEY"])
    except (OSError, KeyError) as error:
        raise ClusterRefused(
            f"RAY_USE_TLS is on, and what the RAY_TLS_ settings name cannot be used: {error}."
        ) from None
    return context
