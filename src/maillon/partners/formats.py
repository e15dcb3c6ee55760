"""What the formats in the schemas of messages demand: `jsonschema` by itself lets any text pass as a `date-time`."""

from datetime import datetime

from jsonschema import FormatChecker

FORMATS = FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def is_moment(given: object) -> bool:
    """Whether `given` names one moment: a day and a time with their offset, of a year that every program can hold."""
    if not isinstance(given, str):
        return True  # another type is for `type` to refuse
    at = datetime.fromisoformat(given)
    return at.tzinfo is not None and 1900 <= at.year < 9999
