"""`flexorchd feedback`: what a person says about a result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flexorchd.control.answer import Answer
from flexorchd.parts import Parts


def feedback(parts: Parts, arguments: Mapping[str, Any]) -> Answer:
    """Send a rating, and an issue if there is one, for a job."""
    job_id = arguments["job_id"]
    try:
        parts.client_for("account").jobs.submit_feedback(
            job_id, arguments["rating"], arguments.get("issue")
        )
    except ValueError as error:
        return Answer(2, [str(error)])
    return Answer(0, [f"Thank you: {arguments['rating']} for job {job_id}."])
