"""One dispatcher: says when it is ready, and at the word go hands over until nothing is due."""

import sys

from maillon.kernel.clock import SystemClock
from maillon.ops.installation import load_django


def main() -> None:
    load_django()
    from django.db import connection

    from maillon.outbox.deliveries import dispatch

    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    while dispatch(house="hotline", clock=SystemClock()).done:
        pass
    print("done", flush=True)


if __name__ == "__main__":
    main()
