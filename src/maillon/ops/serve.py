"""`maillon serve` and `maillon run`: the site, the workers and the demo's internet, until Ctrl-C."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.core.management import call_command
from django.db import OperationalError, connection

from maillon.demo.accounts import ACCOUNTS
from maillon.demo.groundwork import free_ports
from maillon.demo.groundwork import prepare as prepare_hosts
from maillon.demo.people import receipt
from maillon.demo.synthetic import Ports
from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import MaillonError
from maillon.ops import embedded
from maillon.ops.installation import prepare
from maillon.ops.starting import refuse_undeclared
from maillon.ops.supervisor import Child, keep, stopped_by_signals
from maillon.partners.exchange.peers import greet_soon
from maillon.settings import Address, Settings

LOOPBACK = "127.0.0.1"
MAILLON = (sys.executable, "-m", "maillon.ops.cli")


class CannotListen(MaillonError):
    """The address at which the site is to be served is not to be had."""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What the demo adds: the address of its name server, the ports of its hosts, and lines to print (its accounts)."""

    resolver: Address
    ports: Ports
    lines: tuple[str, ...]


def demo(settings: Settings) -> Demo:
    """The demo's name server and hosts on free ports, its accounts and a receipt to print.

    Certificates and the mapping of the synthetic internet are laid down, so that the workers find them.
    """
    ports = free_ports()
    prepare_hosts(settings.home / "demo", ports, at=SystemClock().now())
    accounts = (f"  {a.name} / {a.password}   ({a.house}: {a.description})" for a in ACCOUNTS)
    lines = (
        "Accounts of the demo:",
        *accounts,
        "A receipt of the demo, for the public form's way back:",
        f"  {receipt()}",
    )
    return Demo(resolver=free_address(LOOPBACK), ports=ports, lines=lines)


def serve(settings: Settings, environ: Mapping[str, str], demo: Demo | None) -> None:
    """Serve until Ctrl-C or SIGTERM, then end every process that was started here."""
    collect_static()
    with stopped_by_signals() as stopping:
        announcer = Announcer(settings, demo)

        def look() -> None:
            keep_server(settings, stopping)
            announcer.look()

        keep(processes(settings, environ, demo), stopping, say, look)
    say("Every process that was started here is stopped.")


@contextmanager
def ready(settings: Settings) -> Iterator[None]:
    """A free address and a database that answers; after the block the latter stays up only where it was before.

    Raises CannotListen, and Undeclared where an address or a command says nothing of what it takes, before anything is
    started.
    """
    refuse_undeclared()
    refuse_taken(settings.listen)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = settings.embedded and embedded.ensure_running(settings.home).started
    try:
        prepare(settings)
        yield
    finally:
        if started:
            embedded.stop(settings.home)
            say("The embedded database is stopped.")


def keep_server(settings: Settings, stopping: threading.Event) -> None:
    """Start the embedded server again where it was killed; give up where `maillon stop` stopped it."""
    if not settings.embedded:
        return
    state = embedded.state(settings.home)
    if state is embedded.State.KILLED:
        say("The embedded database was killed; it starts again.")
        embedded.ensure_running(settings.home)
    elif state is embedded.State.STOPPED and not stopping.is_set():
        say("The embedded database was stopped by maillon stop; stopping too.")
        stopping.set()


def processes(settings: Settings, environ: Mapping[str, str], demo: Demo | None) -> list[Child]:
    """What to run: the demo's name server and hosts first, then the site, then the workers."""
    shared = {**environ, "MAILLON_HOME": str(settings.home)}
    children = []
    if demo is not None:
        shared["MAILLON_RESOLVER"] = str(demo.resolver)
        where = ("--host", demo.resolver.host, "--port", str(demo.resolver.port))
        words = (sys.executable, "-m", "maillon.demo.dns", *where)
        children.append(Child("the demo's name server", words, shared))
        children.append(Child("the demo's hosts", hosts(settings, demo), shared))
    children.append(Child("the site", site(settings), shared))
    for number in range(1, settings.workers + 1):
        children.append(Child(f"worker {number}", (*MAILLON, "worker"), shared))
    return children


def hosts(settings: Settings, demo: Demo) -> tuple[str, ...]:
    """The command of the synthetic internet's web hosts."""
    folder = str(settings.home / "demo")
    return (sys.executable, "-m", "maillon.demo.hosts", "--folder", folder, "--ports", *map(str, demo.ports))


def site(settings: Settings) -> tuple[str, ...]:
    """The web server's command. It keeps no access log: a report leaves no trace of its author."""
    here = "127.0.0.1" if settings.listen.host == "localhost" else settings.listen.host  # it resolves no names
    threads = 2 * (os.cpu_count() or 1)  # each may hold a connection to the database
    return (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--no-access-log",
        "--log-level", "warning", "--host", here, "--port", str(settings.listen.port),
        "--workers", str(settings.web_workers), "--respawn-failed-workers",
        "--blocking-threads", str(threads), "--backpressure", "1024",
        "--static-path-route", "/static", "--static-path-mount", str(settings.home / "static"),
        *_tls(settings),
        "maillon.web.wsgi:application",
    )  # fmt: skip


def _tls(settings: Settings) -> tuple[str, ...]:
    """HTTPS by the web server itself, where a certificate is given."""
    if settings.tls_certificate is None:
        return ()
    return ("--ssl-certificate", str(settings.tls_certificate), "--ssl-keyfile", str(settings.tls_key))


def collect_static() -> None:
    """Lay the site's style and scripts where the web server finds them."""
    call_command("collectstatic", interactive=False, verbosity=0)


def refuse_taken(listen: Address) -> None:
    """Raises CannotListen where the address is taken, or is none of this machine."""
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(listen)
        except OSError as error:
            why = f"Nothing can be served at {listen} ({error.strerror})"
            raise CannotListen(f"{why}; stop what is there, or set MAILLON_LISTEN.") from None


def answers(listen: Address) -> bool:
    try:
        socket.create_connection(listen, timeout=0.2).close()
    except OSError:
        return False
    return True


def free_address(host: str) -> Address:
    """An address on `host` whose port is free just now, over UDP and TCP alike."""
    while True:
        with socket.socket(type=socket.SOCK_STREAM) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((host, 0))
            with suppress(OSError):
                udp.bind(tcp.getsockname())
                return Address(host, tcp.getsockname()[1])


@dataclass
class Announcer:
    """Says where everything is, once the site answers."""

    settings: Settings
    demo: Demo | None
    done: bool = False

    def look(self) -> None:
        if self.done or not answers(self.settings.listen):
            return
        self.done = True
        say(f"Maillon is at {'https' if self.settings.tls_certificate else 'http'}://{self.settings.listen}")
        if self.demo is not None:
            say(f"The demo's names are answered at {self.demo.resolver}")
            for line in self.demo.lines:
                say(line)
        say("Ctrl-C stops it.")
        greet_peers(self.settings)


def greet_peers(settings: Settings) -> None:
    """Have a worker tell every peer that this installation answers again, so that they send what waited."""
    try:
        for house in settings.houses:
            greet_soon(house=house, at=SystemClock().now())
    except OperationalError:
        say("The database does not answer yet; peers are greeted within the hour.")
    finally:
        connection.close()


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
