import pytest

from maillon.kernel.errors import BadInput
from maillon.rules.schemes import Outcome, check_assessment, scheme, schemes


def test_the_demonstration_has_two_illegal_codes_and_one_that_is_not() -> None:
    outcomes = {code: given.outcome for code, given in scheme("demo", "1").codes.items()}
    assert outcomes == {"A": Outcome.ILLEGAL, "B": Outcome.ILLEGAL, "N": Outcome.NOT_ILLEGAL}


def test_every_code_of_every_scheme_has_a_label() -> None:
    assert all(code.label for known in schemes().values() for code in known.codes.values())


@pytest.mark.parametrize(
    ("name", "version", "code", "named"),
    [
        ("other", "1", "A", "demo version 1"),
        ("demo", "2", "A", "demo version 1"),
        ("demo", "1", "X", "A, B, N"),
    ],
)
def test_what_is_unknown_is_refused_with_the_names_that_exist(name: str, version: str, code: str, named: str) -> None:
    with pytest.raises(BadInput, match=named):
        check_assessment(name, version, code, 3)


@pytest.mark.parametrize("severity", [1, 2, 3, 4, 5])
def test_an_assessment_with_a_severity_holds(severity: int) -> None:
    assert check_assessment("demo", "1", "A", severity) is Outcome.ILLEGAL
    assert check_assessment("demo", "1", "N", severity) is Outcome.NOT_ILLEGAL


def test_only_what_is_not_illegal_may_lack_a_severity() -> None:
    assert check_assessment("demo", "1", "N", None) is Outcome.NOT_ILLEGAL
    with pytest.raises(BadInput, match="needs a severity"):
        check_assessment("demo", "1", "B", None)


@pytest.mark.parametrize("severity", [-1, 0, 6])
@pytest.mark.parametrize("code", ["A", "N"])
def test_a_severity_outside_one_to_five_is_refused(code: str, severity: int) -> None:
    with pytest.raises(BadInput, match="from 1 to 5"):
        check_assessment("demo", "1", code, severity)
