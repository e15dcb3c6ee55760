"""`import_rows`: `maillon import` beside COPY of the same file into one table without index, on the same server."""

import csv
import random
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Measured
from bench.home import Home

SIZES = {"full": 200_000, "small": 400}
COLUMNS = ("reference", "received_at", "channel", "language", "url", "remark")
WORDS = ("a", "neutral", "remark", "of", "words", "that", "tells", "where", "it", "was", "found", "again")
SEED = 2


def measure(home: Home, size: str) -> Iterator[Measured]:
    rows = SIZES[size]
    file = write(home.folder / "reports.csv", rows)
    peer = min(copy(home, file) for _ in range(3))
    begun = time.perf_counter()
    home.maillon("import", str(file))
    took = time.perf_counter() - begun
    with home.owner() as connection:
        found = connection.execute("SELECT count(*) FROM intake_report").fetchone()
    if found != (rows,):
        raise SystemExit(f"{rows} rows were imported and {found} reports are stored")
    yield Measured(
        figure="import_rows",
        value=peer / took,
        peer={"what": "COPY, streamed by psycopg, best of 3", "value": round(rows / peer), "unit": "rows/s"},
        settings={
            "rows": rows,
            "locations": rows * 3 // 4,
            "sites": rows // 10,
            "bytes": file.stat().st_size,
            "rows_per_second": round(rows / took),
            "includes": "start of the command",
            "seed": SEED,
        },
    )


def write(path: Path, rows: int) -> Path:
    """Three quarters as many locations as rows, on a tenth as many sites; remarks of about 80 characters."""
    chance = random.Random(SEED)
    places = list(range(rows * 3 // 4))
    places += [chance.randrange(len(places)) for _ in range(rows - len(places))]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, place in enumerate(places):
            day, minute = 1 + number % 28, number % 60
            remark = " ".join(chance.choices(WORDS, k=16))
            channel, language = chance.choice(("web", "mail", "phone")), chance.choice(("fr", "nl", "de", "en"))
            url = f"https://n{place % (rows // 10)}.bench.test/{place:06d}/page?view={place}"
            received = f"2024-{1 + number % 12:02d}-{day:02d}T12:{minute:02d}:00+01:00"
            writer.writerow((f"B-{number:06d}", received, channel, language, url, remark))
    return path


def copy(home: Home, path: Path) -> float:
    """Seconds to COPY the file into a new table, committed."""
    with home.owner() as connection:
        connection.execute("DROP TABLE IF EXISTS bench_copy")
        connection.execute(f"CREATE TABLE bench_copy ({', '.join(f'{name} text' for name in COLUMNS)})")
        begun = time.perf_counter()
        with (
            path.open("rb") as file,
            connection.cursor() as cursor,
            cursor.copy("COPY bench_copy FROM STDIN (FORMAT csv, HEADER)") as stream,
        ):
            while block := file.read(1 << 16):
                stream.write(block)
        return time.perf_counter() - begun
