"""Why files fail and accounts pause, in a few plain words; the code beside them is for programs."""

from __future__ import annotations

_MEANINGS = {
    # the file
    "EMPTY_FILE": "there is nothing in it",
    "EMPTY_DOCUMENT": "there is no text in it",
    "PROTECTED": "protected by a password",
    "MALFORMED": "damaged, or cut short",
    "UNSUPPORTED_FILE": "of a kind that is not taken",
    "UNSUPPORTED_CONTENT": "something else than its name says",
    "FILE_TOO_LARGE": "larger than the plan takes",
    "TOO_LARGE": "too much to read at once",
    "TIMED_OUT": "took too long to read",
    "OUT_OF_MEMORY": "needed too much memory to read",
    "CRASHED_PARSER": "the program that reads this kind gave up on it",
    "OCR_NOT_INSTALLED": "a picture of text, and no text recognition is installed",
    "NO_OUTPUT_DATA": "nothing could be read from it",
    # the service
    "SERVICE_CANNOT_READ": "the service breaks off whenever it is sent this file",
    "PROCESSING_FAILED": "the service could not process it",
    "VALIDATION_ERROR": "the service does not take these settings",
    "JOB_GONE": "the service no longer knows the job",
    "JOB_UNFINISHED": "not done after a day",
    "DOCUMENT_FILE_NOT_AVAILABLE": "the service no longer holds the file",
    "DUPLICATE_WITH_OTHER_SETTINGS": "the service holds this content under other settings",
    # the account
    "INVALID_API_KEY": "the service does not know this key",
    "UNAUTHORIZED": "the service does not know this key",
    "TRIAL_EXPIRED": "the trial has ended",
    "QUOTA_EXCEEDED": "the credits are used up",
    "PLAN_UPGRADE_REQUIRED": "the plan does not include this",
    # what holds documents back
    "MAX_BACKLOG": "more new files than are sent without asking",
    "CREDITS_PER_DAY": "the credits for today are used up",
    "RESERVE": "no more credits are left than the reserve",
    "VERSIONS_PER_DAY": "saved again too often today",
    "WATCH_REMOVED": "their watch is no longer in the configuration",
    # the machine
    "PERMISSION_DENIED": "flexorchd may not read it",
    "DISK_ERROR": "the disk cannot read it",
    "DISK_FULL": "the disk is full",
}


def meaning(code: str) -> str:
    """What a code says, in a few words; an unknown one in its own."""
    return _MEANINGS.get(code, code.lower().replace("_", " "))
