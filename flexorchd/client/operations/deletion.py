"""Deleting, where it is not known whether the service can."""

from __future__ import annotations

from flexorchd.client.errors import NotFoundError, UnsupportedOperationError
from flexorchd.client.wire import Call, Steps


def remove(call: Call, look: Steps[object]) -> Steps[None]:
    """Delete a thing; where that is not found, look whether the thing is.

    Args:
        call: deletes it.
        look: fetches it.

    Raises:
        UnsupportedOperationError: the service cannot delete it; it is still there.
        NotFoundError: there is no such thing.
    """
    try:
        yield call
    except NotFoundError:
        yield from look
        raise UnsupportedOperationError(
            f"This service cannot delete {call.path}; it is still there."
        ) from None
