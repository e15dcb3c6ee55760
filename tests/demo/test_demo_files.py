"""The demo's files hold the founding document's numbers, and look like real files."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from maillon.demo import files, plan
from maillon.demo.reports import current
from maillon.demo.sites import SITES, Kind
from maillon.items import addresses
from maillon.kernel.clock import BRUSSELS, brussels_day
from maillon.rules.calendar import belgian

TODAY = date(2026, 3, 3)
STATED = {2015: (1135, 246), 2016: (657, 145), 2017: (166, 22)}
ENCODINGS = {2015: "utf-8-sig", 2016: "cp1252", 2017: "utf-8"}
SITE_OF = {site.host: site for site in SITES}
Row = dict[str, str]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> files.Files:
    return files.write(tmp_path_factory.mktemp("demo"), today=TODAY)


def rows(path: Path, encoding: str = "utf-8") -> list[Row]:
    with path.open(encoding=encoding, newline="") as opened:
        return list(csv.DictReader(opened))


def moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=BRUSSELS)).astimezone(UTC)


def reports(written: files.Files) -> Iterator[tuple[int, Row]]:
    for pair in written.former:
        for row in rows(pair.reports, ENCODINGS[pair.year]):
            yield pair.year, row


def opinions(written: files.Files) -> dict[str, list[Row]]:
    """Assessments by reference, in the order in which they were made."""
    found: dict[str, list[Row]] = defaultdict(list)
    for pair in written.former:
        for row in rows(pair.assessments):
            found[row["reference"]].append(row)
    return found


def keys(row: Row) -> set[str]:
    return {location.canonical for location in addresses.find(row["url"]).locations}


def verdicts(written: files.Files) -> dict[str, list[tuple[datetime, str]]]:
    """Every code ever given to a location, by time of the act."""
    made = opinions(written)
    given: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for _, row in reports(written):
        for opinion in made[row["reference"]]:
            for key in keys(row):
                given[key].append((moment(opinion["assessed_at"]), opinion["code"]))
    return {key: sorted(codes) for key, codes in given.items()}


def test_the_files_are_the_same_every_time(written: files.Files, tmp_path: Path) -> None:
    again = files.write(tmp_path, today=TODAY)
    for one, other in zip(written.former, again.former, strict=True):
        assert one.reports.read_bytes() == other.reports.read_bytes()
        assert one.assessments.read_bytes() == other.assessments.read_bytes()
    assert written.current.read_bytes() == again.current.read_bytes()


def test_each_year_has_its_reports_and_its_illegal_reports(written: files.Files) -> None:
    now = {key: codes[-1][1] for key, codes in verdicts(written).items()}
    counted: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for _, row in reports(written):
        year = brussels_day(moment(row["received_at"])).year
        counted[year][0] += 1
        counted[year][1] += any(now[key] in "AB" for key in keys(row))
    assert {year: tuple(numbers) for year, numbers in counted.items()} == STATED


def test_no_illegal_location_has_anything_to_do_with_belgium(written: files.Files) -> None:
    illegal = {key for key, codes in verdicts(written).items() if codes[-1][1] in "AB"}
    sites = {addresses.find(key).locations[0].site for key in illegal}
    assert len(sites) > 20
    assert not [site for site in sites if "BE" in SITE_OF[site].codes]


def test_reports_that_are_not_illegal_do_reach_belgian_sites(written: files.Files) -> None:
    sites = {addresses.find(key).locations[0].site for key in verdicts(written)}
    assert any(SITE_OF[site].country == "BE" for site in sites)


def test_every_day_of_receipt_belongs_to_the_file_s_year_in_brussels(written: files.Files) -> None:
    days = defaultdict(list)
    for year, row in reports(written):
        days[year].append(brussels_day(moment(row["received_at"])))
    assert {year: (min(each), max(each)) for year, each in days.items()} == {
        2015: (date(2015, 1, 1), date(2015, 12, 31)),
        2016: (date(2016, 1, 1), date(2016, 12, 31)),
        2017: (date(2017, 1, 1), date(2017, 5, 12)),
    }


def test_references_are_unique_and_every_report_is_assessed(written: files.Files) -> None:
    references = [row["reference"] for _, row in reports(written)]
    assert len(references) == len(set(references))
    assert set(references) == set(opinions(written))


def test_an_assessment_follows_its_report_and_precedes_the_next_on_the_same_location(
    written: files.Files,
) -> None:
    made, busy_until = opinions(written), dict[str, datetime]()
    repeats = 0
    for _, row in sorted(reports(written), key=lambda each: moment(each[1]["received_at"])):
        received = moment(row["received_at"])
        acts = [moment(opinion["assessed_at"]) for opinion in made[row["reference"]]]
        assert received < acts[0]
        assert acts == sorted(set(acts))
        for key in keys(row):
            repeats += key in busy_until
            assert busy_until.get(key, received) <= received
            busy_until[key] = acts[-1]
    assert repeats > 100


def test_former_acts_are_made_in_working_time_and_before_the_hotline_may_analyse(
    written: files.Files,
) -> None:
    for each in opinions(written).values():
        for opinion in each:
            at = moment(opinion["assessed_at"]).astimezone(BRUSSELS)
            assert any(opens <= at.time() <= closes for opens, closes in belgian().hours(at.date())), opinion
            assert at <= datetime(2017, 5, 12, 17, tzinfo=BRUSSELS)


def test_opinions_are_the_police_s_under_the_demo_scheme(written: files.Files) -> None:
    for each in opinions(written).values():
        assert {(row["user"], row["scheme"], row["version"]) for row in each} == {("police-desk", "demo", "1")}
        for row in each:
            assert row["severity"] in ({""} if row["code"] == "N" else set("12345"))


def test_some_opinions_changed_and_some_carry_flags(written: files.Files) -> None:
    made = opinions(written)
    changed = [each for each in made.values() if len(each) > 1]
    assert changed
    assert all(each[0]["code"] != each[-1]["code"] for each in changed)
    flags = {flag for each in made.values() for row in each for flag in row["flags"].split("|") if flag}
    assert flags == {"belgian_victim", "belgian_suspect", "imminent_danger"}


def test_the_files_are_as_untidy_as_real_ones(written: files.Files) -> None:
    first, second, _ = (pair.reports.read_bytes() for pair in written.former)
    assert first.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in first
    with pytest.raises(UnicodeDecodeError):
        second.decode("utf-8")
    urls = [row["url"] for _, row in reports(written)]
    for sign in ("hxxp", "[.]", "\n", "é", "xn--", ":8080", "visitor@", "#!/item", ".onion", "chatapp:"):
        assert any(sign in url for url in urls), sign
    assert any("\n" in row["remark"] for _, row in reports(written))
    assert {row["language"] for _, row in reports(written)} == {"fr", "nl", "de", "en"}


def test_every_address_as_written_reads_as_the_location_meant() -> None:
    former = plan.Former(Random(plan.SEED))
    planned = [report for year in plan.YEARS for report in former.year(year)[0]]
    for report in [*planned, *current(TODAY, Random(plan.SEED))]:
        found = addresses.find(report.url)
        assert not found.unusable
        assert {one.canonical for one in found.locations} == {str(place) for place in report.places}, report.url


def test_the_current_year_covers_every_kind_of_site_and_repeats_no_former_location(
    written: files.Files,
) -> None:
    now = rows(written.current)
    found = [location for row in now for location in addresses.find(row["url"]).locations]
    assert len(now) == 60
    assert {SITE_OF[location.site].kind for location in found} == set(Kind)
    assert {location.site for location in found} == set(SITE_OF)
    assert not {location.canonical for location in found} & set(verdicts(written))
    assert len({location.canonical for location in found}) < len(found)


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 1, 2), date(2028, 2, 29), date(2026, 12, 31)])
def test_current_reports_fall_in_the_year_of_today_and_not_after(today: date) -> None:
    received = [report.received_at for report in current(today, Random(1))]
    assert received == sorted(received)
    assert {brussels_day(at).year for at in received} == {today.year}
    midnight = datetime(today.year, today.month, today.day, tzinfo=BRUSSELS)
    assert received[-1] < midnight + timedelta(hours=today.timetuple().tm_yday == 1)
