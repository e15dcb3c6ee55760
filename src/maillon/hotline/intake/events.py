"""What may be recorded when reports arrive."""

from maillon.kernel.kinds import Kind

SUBMITTED = Kind(
    name="submitted",
    version=1,
    promise="A report is stored; of which items it speaks is found next.",
    fields=("report", "reference", "channel"),
)
UNPLACED = Kind(
    name="unplaced",
    version=1,
    promise="No address was recognised in a report: a person must read it.",
    fields=("report", "reference", "channel"),
    final=True,
)
REPORTED = Kind(
    name="reported",
    version=1,
    promise="A report speaks of an item that is new, or was settled and is opened again (`effect`: new, reopened).",
    fields=("report", "reference", "channel", "effect"),
)
REPORTED_AGAIN = Kind(
    name="reported_again",
    version=1,
    promise="Another report speaks of an item that is still open (joined), or that was settled as not illegal too "
    "short a time ago to be looked at again (repeated).",
    fields=("report", "reference", "channel", "effect"),
)
PLACED = Kind(
    name="report_placed",
    version=1,
    promise="A person said of which locations a report speaks that named no address.",
    fields=("report", "reference", "channel"),
    final=True,
)
REPORT_CLOSED = Kind(
    name="report_closed",
    version=1,
    promise="A person read a report that names no address, and found nothing to look at.",
    fields=("report", "reference", "channel", "reason"),
    final=True,
)
REPORTER_ASKED = Kind(
    name="reporter_asked",
    version=1,
    promise="A message waits for the reporter, who reads it with the receipt.",
    fields=("report", "reference", "message"),
    final=True,
)
REPORTER_ANSWERED = Kind(
    name="reporter_answered",
    version=1,
    promise="The reporter wrote to the hotline: somebody must read it.",
    fields=("report", "reference", "message"),
    final=True,
)
CONTACT_READ = Kind(
    name="contact_read",
    version=1,
    promise="Somebody read how a reporter may be reached, for this reason.",
    fields=("report", "reference", "reason"),
    final=True,
    reviewed=True,
)
KINDS = (
    SUBMITTED,
    UNPLACED,
    REPORTED,
    REPORTED_AGAIN,
    PLACED,
    REPORT_CLOSED,
    REPORTER_ASKED,
    REPORTER_ANSWERED,
    CONTACT_READ,
)
