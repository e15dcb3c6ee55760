"""Refusals and mistakes, as named exceptions whose message is one clear sentence saying what to do."""


class MaillonError(Exception):
    """Base of everything Maillon refuses on purpose; doors turn it into one line, never a traceback."""


class NotAllowed(MaillonError):
    """The actor's roles do not hold the permission."""


class NotFound(MaillonError):
    """There is no such thing, or it is not the asker's: the two cannot be told apart."""


class ForbiddenStep(MaillonError):
    """No arrow of the state machine leaves this state with this verb for this actor."""


class BadInput(MaillonError):
    """What was given cannot be used as it is; the sentence names the part and the remedy."""


class BadSetting(MaillonError):
    """An environment variable has a value that cannot be used."""


class NoRule(MaillonError):
    """No single row of a decision table covers this key on this day."""


class HouseChanged(MaillonError):
    """A transaction belongs to one house; another was asked for inside it."""
