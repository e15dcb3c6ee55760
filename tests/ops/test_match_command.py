"""`maillon match`: what is named is read or refused by name, and a run that was cut off goes on where it stopped."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maillon.decoding.archives import Left
from maillon.decoding.pool import Decoders
from maillon.matching.changing import add, withdraw
from maillon.ops import cli
from maillon.ops.matching import archived
from maillon.ops.matching.pieces import File
from tests.decoding.pictures import encoded, film, pattern

Told = list[dict[str, Any]]
PICTURES = 40
STAYING = """
import os, sys, threading
from maillon.ops.matching import output, running
output.EVERY, running.AT_ONCE = 0.0, 1
note, left = output.Resumable.done, int(os.environ["NOTES"])
def done(*given, **more):
    global left
    note(*given, **more)
    left -= 1
    if left < 0:
        threading.Event().wait()
output.Resumable.done = done
from maillon.ops.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""A run that notes every piece, and after so many stays where it is until it is stopped."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index that knows three pictures, a film and a text."""
    folder = tmp_path_factory.mktemp("match")
    index = folder / "home" / "matching"
    index.mkdir(parents=True)
    with Decoders(size=1) as decoders:
        known = [decoders.read(picture(n)).pdq or b"" for n in range(3)]
        frames = [bytes.fromhex(digits) for _, _, digits in decoders.read(film()).vpdq]
    add(index, type="pdq", bank="one", hashes=b"".join(known), entries=[10, 11, 12], qualities=[100, 90, -1])
    add(index, type="vpdq", bank="two", hashes=b"".join(frames), entries=[5] * len(frames))
    add(index, type="sha1", bank="two", hashes=hashlib.sha1(b"text").digest(), entries=[6])
    return folder / "home"


@pytest.fixture
def match(home: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> Callable[..., tuple[int, Told, str]]:
    """Run the command: its exit code, the lines it printed, what it said."""
    monkeypatch.setenv("MAILLON_HOME", str(home))

    def run(*arguments: object) -> tuple[int, Told, str]:
        code = cli.main(["match", *map(str, arguments)])
        out, err = capfdbinary.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err.decode()

    return run


def picture(seed: int) -> bytes:
    return encoded(pattern(96, 80, seed=seed), "PNG")


def near(seed: int) -> bytes:
    """The same picture in other bytes."""
    return encoded(pattern(96, 80, seed=seed), "BMP")


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, body in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return out.getvalue()


@pytest.fixture(scope="module")
def seized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bit of everything."""
    folder = tmp_path_factory.mktemp("seized")
    inner = tarred({"three.bmp": near(2), "four.zip": zipped({"too/deep.png": picture(0)})})
    whole = {
        "a.bmp": near(0), "b/film.mp4": film(), "b/text": b"text", "c.png": picture(7), "cut.png": picture(1)[:900],
        "tiny.png": encoded(pattern(3, 3), "PNG"), "empty": b"", "old.7z": b"7z\xbc\xaf\x27\x1c" + bytes(80),
        "d.zip": zipped({"in/one.bmp": near(1), "two.tgz": inner, "five": b"text"}),
        "e.tgz": tarred({"six.bmp": near(2), "seven": os.urandom(40_000)})[:-9000],
    }  # fmt: skip
    for name, body in whole.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(body)
    (folder / os.fsdecode(b"f\xff\x9b.bmp")).write_bytes(near(0))
    (folder / "inside").symlink_to("c.png")
    (folder / "outside").symlink_to("/etc/hostname")
    (folder / "round").symlink_to(".")
    (folder / "nowhere").symlink_to("nothing")
    os.mkfifo(folder / "pipe")
    return folder


def test_whatever_is_there_is_told_in_order_with_its_matches_or_a_reason(match: Any, seized: Path) -> None:
    code, told, said = match(seized)
    short = [
        (
            "/".join([os.path.relpath(line["path"], seized), *line.get("members", [])]),
            line.get("refused", line.get("kind")),
            [(hit["type"], hit["bank"], hit["entry"]) for hit in line["matches"]],
        )
        for line in told
    ]
    one, text = lambda entry: [("pdq", "one", entry)], [("sha1", "two", 6)]
    assert short == [
        ("a.bmp", "image", one(10)), ("b/film.mp4", "video", [("vpdq", "two", 5)]), ("b/text", "other", text),
        ("c.png", "image", []), ("cut.png", "truncated", []), ("d.zip/in/one.bmp", "image", one(11)),
        ("d.zip/two.tgz/three.bmp", "image", one(12)), ("d.zip/two.tgz/four.zip", "too_deep", []),
        ("d.zip/two.tgz", "archive", []), ("d.zip/five", "other", text), ("d.zip", "archive", []),
        ("e.tgz/six.bmp", "image", one(12)), ("e.tgz/seven", "truncated", []), ("e.tgz", "truncated", []),
        ("empty", "other", []), ("f\udcff\udc9b.bmp", "image", one(10)), ("nowhere", "gone", []),
        ("old.7z", "unsupported", []), ("outside", "leads_out", []), ("pipe", "no_file", []),
        ("tiny.png", "too_small", []),
    ]  # fmt: skip
    assert code == 3
    assert said.endswith("21 files: 8 matched, 9 not read.\n")
    hit = told[0]["matches"][0]
    assert hit == {"type": "pdq", "distance": 0, "bank": "one", "entry": 10, "quality": 100}
    assert told[0]["sha256"] == hashlib.sha256(near(0)).hexdigest()
    assert told[1]["matches"][0]["frames"] == told[1]["frames"] == 3


def test_only_matches_leaves_out_what_was_read_and_matches_nothing(match: Any, seized: Path) -> None:
    _, told, _ = match("--only-matches", seized / "b", seized / "c.png", seized / "cut.png")
    assert [Path(line["path"]).name for line in told] == ["film.mp4", "text", "cut.png"]


def test_a_table_has_a_row_for_each_match_and_moves_no_terminal(match: Any, seized: Path, capfdbinary: Any) -> None:
    arguments = ["match", "--format", "table", str(seized / "a.bmp"), os.fspath(seized / os.fsdecode(b"f\xff\x9b.bmp"))]
    assert cli.main(arguments) == 0
    rows = capfdbinary.readouterr().out.decode().splitlines()
    assert [row.split()[1:] for row in rows] == [
        ["type", "distance", "bank", "entry", "quality"], *[["pdq", "0", "one", "10", "100"]] * 2,
    ]  # fmt: skip
    assert all(row.isprintable() for row in rows)


def test_a_bomb_ends_its_archive_and_nothing_else(tmp_path: Path) -> None:
    bomb = zipped({"one": b"1", "inner.zip": zipped({"zeros": bytes(8 << 20)}), "two": b"2"})
    path = tmp_path / "bomb.zip"
    path.write_bytes(bomb)
    found = archived.pieces(File(str(path), len(bomb), 0), lambda _: False, lambda _: Left(1 << 20))
    assert [(piece.members, piece.refused) for piece in found] == [
        (("one",), ""), (("inner.zip",), "bomb"), ((), "bomb"),
    ]  # fmt: skip


def test_a_member_larger_than_what_is_decoded_still_has_its_exact_hashes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archived, "BODY_BYTES", 1000)
    body = near(3)
    path = tmp_path / "large.zip"
    path.write_bytes(zipped({"large.bmp": body, "zeros": bytes(5000)}))
    large, zeros, _ = archived.pieces(File(str(path), 1, 0), lambda _: False)
    assert (large.refused, zeros.refused) == ("too_large", "")
    assert large.digests
    assert large.digests.sha256 == hashlib.sha256(body).digest()


# Lists


def listed(*lines: str) -> bytes:
    return "\n".join(lines).encode()


MD5, SHA1 = "0" * 32, hashlib.sha1(b"text").hexdigest()


@pytest.mark.parametrize(
    "body",
    [
        listed(SHA1, "", "# a remark", "no hash", MD5),
        listed(f"sha1,{SHA1},a name", "", "", "md5,123,x", f"MD5,{MD5}"),
        listed("name;hash;type", f"x;{SHA1.upper()};SHA-1", "", "y;zz;", f"z;{MD5};"),
        listed(SHA1, "", "", MD5 * 2000, MD5).replace(b"\n", b"\r\n"),
        listed(SHA1, "", "", "no\xe9", MD5).decode().encode("utf-16"),
    ],
)
def test_a_list_is_known_by_its_content_and_no_line_is_lost(match: Any, tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "list"
    path.write_bytes(body)
    code, told, _ = match(path)
    assert [(line["line"], line.get("refused"), [hit["entry"] for hit in line["matches"]]) for line in told] == [
        (told[0]["line"], None, [6]), (4, "no_hash", []), (5, None, []),
    ]  # fmt: skip
    assert told[0]["hash"] == SHA1
    assert code == 3


def test_a_hash_of_which_no_type_is_said_is_asked_as_each_that_has_its_length(
    match: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Decoders(size=1) as decoders:
        image, video = decoders.read(picture(0)).pdq or b"", decoders.read(film()).vpdq[0][2]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(listed(image.hex(), video))))
    _, told, _ = match("-")
    assert [(line["type"], line["matches"][0]["type"]) for line in told] == [(None, "pdq"), (None, "vpdq")]


def test_the_radius_decides_what_is_near(match: Any, tmp_path: Path) -> None:
    with Decoders(size=1) as decoders:
        bits = np.unpackbits(np.frombuffer(decoders.read(picture(0)).pdq or b"", np.uint8))
    bits[:40] ^= 1
    path = tmp_path / "list"
    path.write_text(f"pdq,{np.packbits(bits).tobytes().hex()}\n")
    assert [match("--radius", radius, path)[1][0]["matches"] != [] for radius in (39, 40)] == [False, True]
    assert not match(path)[1][0]["matches"]


# Going on


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for n in range(PICTURES // 2):
        (folder / f"{n:03}.bmp").write_bytes(near(n % 3))
    members = {f"{n:03}.bmp": near(n % 3) for n in range(PICTURES // 2)}
    (folder / "zip").write_bytes(zipped(members))
    return folder


def stopped(home: Path, how: signal.Signals, notes: int, *arguments: object) -> tuple[int, str]:
    """Run it until so many pieces are noted, then stop it: its exit code and what it said."""
    to = Path(str(arguments[arguments.index("--output") + 1]))
    paths = os.pathsep.join(sys.path)
    environ = {**os.environ, "MAILLON_HOME": str(home), "PYTHONPATH": paths, "NOTES": str(notes)}
    words = [sys.executable, "-c", STAYING, "match", *map(str, arguments)]
    with subprocess.Popen(words, env=environ, stderr=subprocess.PIPE, text=True, preexec_fn=heeds) as run:
        try:
            while run.poll() is None and len(_lines(to.with_name(to.name + ".resume"))) <= notes:
                time.sleep(0.002)
            run.send_signal(how)
            _, said = run.communicate(timeout=60)
        finally:
            run.kill()
    return run.returncode, said


def heeds() -> None:
    """Ctrl-C is heeded, also where these tests run in the background of a shell that keeps it from them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []


@pytest.mark.parametrize("notes", [7, PICTURES // 2 + 9])
def test_what_a_killed_run_answered_is_not_asked_again(
    match: Any, home: Path, pictures: Path, tmp_path: Path, notes: int
) -> None:
    to = tmp_path / "out.jsonl"
    assert stopped(home, signal.SIGKILL, notes, "--output", to, pictures)[0] == -signal.SIGKILL
    noted = to.with_name("out.jsonl.resume")
    whole = noted.read_bytes().rpartition(b"\n")[0].splitlines()
    before, answered = to.read_bytes()[: json.loads(whole[-1])["at"]], len(whole) - 1
    assert notes <= answered < PICTURES
    for torn in (to, noted):
        with torn.open("ab") as file:
            file.write(b'{"at":')
    assert withdraw(home / "matching", bank="one", entries=[10, 11, 12]) == 3
    try:
        code, _, said = match("--output", to, "--resume", pictures)
    finally:
        restore(home)
    after = to.read_bytes()
    assert code == 0
    assert f"{PICTURES + 1} files: " in said
    assert after.startswith(before)  # with their matches, of which the index knows none any more
    told = [json.loads(line) for line in after.splitlines()]
    half = [f"{n:03}.bmp" for n in range(PICTURES // 2)]
    assert [line.get("members", [Path(line["path"]).name]) for line in told] == [
        [name] for name in [*half, *half, "zip"]
    ]
    assert [bool(line["matches"]) for line in told] == [True] * answered + [False] * (PICTURES + 1 - answered)
    assert not noted.exists()


def restore(home: Path) -> None:
    with Decoders(size=1) as decoders:
        known = b"".join(decoders.read(picture(n)).pdq or b"" for n in range(3))
    add(home / "matching", type="pdq", bank="one", hashes=known, entries=[10, 11, 12], qualities=[100, 90, -1])


def test_ctrl_c_leaves_what_can_be_gone_on_with(match: Any, home: Path, pictures: Path, tmp_path: Path) -> None:
    to, page = tmp_path / "out.jsonl", tmp_path / "page.html"
    code, said = stopped(home, signal.SIGINT, 5, "--output", to, "--only-matches", pictures)
    assert code == 130
    assert "--resume" in said
    assert said.strip().count("\n") == 0
    assert match("--output", to, "--only-matches", pictures)[0] == 1  # it is not overwritten
    assert match("--output", to, "--resume", pictures)[0] == 1  # it was asked otherwise
    code, _, said = match("--output", to, "--only-matches", "--resume", "--summary", page, pictures)
    assert code == 0
    assert f"{PICTURES + 1} files: {PICTURES} matched, 0 not read." in said
    assert len(to.read_bytes().splitlines()) == PICTURES
    assert to.stat().st_mode & 0o077 == 0
    assert f"<dd>{PICTURES + 1}</dd>" in page.read_text()  # of both runs together
    assert match("--output", to, "--only-matches", "--resume", pictures)[0] == 1  # there is nothing to go on with


def test_a_list_is_gone_on_with_after_its_last_line_unless_it_has_changed(
    match: Any, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maillon.ops.matching.running.BATCH", 100)
    monkeypatch.setattr("maillon.ops.matching.output.EVERY", 0.0)
    path, to = tmp_path / "list", tmp_path / "out.jsonl"
    path.write_text("".join(f"{n:040x}\n" for n in range(1000)))
    answered = 0

    def cut_off(*_: object) -> Iterator[object]:
        nonlocal answered
        answered += 1
        if answered == 5:
            raise KeyboardInterrupt
        return real(*_)

    from maillon.ops.matching.asking import Asking

    real = Asking.hits
    monkeypatch.setattr(Asking, "hits", cut_off)
    assert match("--output", to, path)[0] == 130
    monkeypatch.setattr(Asking, "hits", real)
    assert len(to.read_bytes().splitlines()) == 400
    path.touch()
    code, _, said = match("--output", to, "--resume", path)
    assert code == 1
    assert "was changed" in said
    assert len(to.read_bytes().splitlines()) == 400


# The page


def test_the_page_says_what_was_found_without_script_hash_or_file_name(
    match: Any, seized: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    match("--summary", page, seized)
    text = page.read_text()
    assert "<svg" in text
    assert "<script" not in text
    assert "leads_out" in text
    assert not any(word in text for word in (hashlib.sha256(near(0)).hexdigest(), "film.mp4", "src=", 'href="h'))


def test_without_django_and_without_a_database(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text(MD5)
    words = (
        f"import sys; from maillon.ops.cli import main; main(['match', {str(path)!r}]); print('django' in sys.modules)"
    )
    environ = {**os.environ, "MAILLON_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", words], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


def test_an_output_that_takes_no_more_ends_the_run_in_one_line(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text(MD5)
    words = [sys.executable, "-m", "maillon.ops.cli", "match", str(path)]
    environ = {**os.environ, "MAILLON_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    with open("/dev/full", "wb") as full:
        done = subprocess.run(words, env=environ, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("maillon: What was found cannot be written")
    assert done.stderr.count("\n") == 1


def test_what_is_not_there_is_a_mistake_in_one_line(match: Any, tmp_path: Path) -> None:
    code, told, said = match(tmp_path / "nothing")
    assert (code, told, said.count("\n")) == (2, [], 1)
