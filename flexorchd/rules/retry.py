"""When something is tried again, and what a person can do about it meanwhile."""

from __future__ import annotations

import errno

SHORTEST_PAUSE = 5.0
LONGEST_PAUSE = 3_600.0

_FULL_WINDOW = 60.0
_SHORTEST_RATE_LIMIT_PAUSE = 0.5

_DOUBLINGS = 10
_SPREAD = 0.25


def pause(failures: int, jitter: float) -> float:
    """Seconds until the next try: from 5 s, doubling up to an hour.

    Args:
        failures: how often it was tried in vain before this time; 0 for the first failure.
        jitter: in [0, 1); spreads tries over the quarter above, so that they do not come in step.
    """
    doubled = SHORTEST_PAUSE * 2.0 ** min(max(failures, 0), _DOUBLINGS)
    return min(LONGEST_PAUSE, doubled * (1 + _SPREAD * jitter))


def rate_limit_pause(asked: float | None, refusals: int) -> float:
    """Seconds until an account that sent too many requests may send the next one.

    Args:
        asked: what the service said, and None where it said nothing. 0 is a word too; but a service that
            says it again and again is not asked without any pause.
        refusals: how often it refused in a row before this time.
    """
    if asked is None:
        return float(min(_FULL_WINDOW, SHORTEST_PAUSE * 2 ** min(refusals, _DOUBLINGS)))
    return min(max(asked, _SHORTEST_RATE_LIMIT_PAUSE), LONGEST_PAUSE)


_ERRNO_CODES = {
    errno.ENOSPC: "DISK_FULL",
    errno.EDQUOT: "DISK_FULL",
    errno.EACCES: "PERMISSION_DENIED",
    errno.EPERM: "PERMISSION_DENIED",
    errno.EROFS: "READ_ONLY",
    errno.EIO: "DISK_ERROR",
    errno.ENOENT: "FOLDER_MISSING",
    errno.ENOTDIR: "FOLDER_MISSING",
    errno.ESTALE: "MOUNT_LOST",
    errno.ENOTCONN: "MOUNT_LOST",
    errno.ENODEV: "MOUNT_LOST",
    errno.EMFILE: "TOO_MANY_OPEN_FILES",
    errno.ENFILE: "TOO_MANY_OPEN_FILES",
    errno.ENAMETOOLONG: "NAME_TOO_LONG",
    errno.ELOOP: "LINK_IN_THE_WAY",
}


def errno_code(number: int | None) -> str:
    """The code of what the operating system refused; none of them is ever final."""
    return _ERRNO_CODES.get(number or 0, "SYSTEM_ERROR")


_SAVE_ANEW = "Open it in the program that made it, save it anew, and drop that file."
_SPLIT = "Split it into smaller documents and drop those."
_BY_ITSELF = "Nothing: flexorchd tries again by itself."
_REPORT = (
    "Retry it with `flexorchd retry`; if it fails again, report the job to the service's support."
)

_REMEDIES = {
    # the file
    "EMPTY_FILE": "Put content into the file; it is then sent by itself.",
    "EMPTY_DOCUMENT": "Check that it is the right file and that its pages are not blank.",
    "PROTECTED": "Remove the password and save the file again.",
    "MALFORMED": _SAVE_ANEW,
    "UNSUPPORTED_FILE": "Convert it to PDF or another supported kind, or leave it out with `exclude`.",
    "UNSUPPORTED_CONTENT": "Its content is not what its name says: save it as a supported kind.",
    "FILE_TOO_LARGE": f"{_SPLIT} A larger plan takes larger files.",
    "TOO_LARGE": _SPLIT,
    "TIMED_OUT": _SPLIT,
    "OUT_OF_MEMORY": _SPLIT,
    "CRASHED_PARSER": _SAVE_ANEW,
    "OCR_NOT_INSTALLED": (
        "Install text recognition (`flexorchd check` has the lines to type), then "
        "`flexorchd retry --failed --code OCR_NOT_INSTALLED`."
    ),
    "UNREADABLE": "Let the user that runs flexorchd read the file; it is then sent by itself.",
    "SOURCE_CHANGED": "Nothing: the file is sent once it stops changing.",
    # the job
    "PROCESSING_FAILED": _REPORT,
    "DOCUMENT_FILE_NOT_AVAILABLE": "Drop the file again: the service no longer holds it.",
    "SERVICE_CANNOT_READ": _SAVE_ANEW,
    "VALIDATION_ERROR": "Check the watch's locale, document_type and mask_strategy, then `flexorchd retry`.",
    "MISSING_INPUT": _REPORT,
    "JOB_GONE": "The service lost the job twice. Retry it with `flexorchd retry`.",
    "JOB_UNFINISHED": _REPORT,
    "NO_OUTPUT_DATA": "Nothing could be extracted; look at the document itself.",
    "DUPLICATE_WITH_OTHER_SETTINGS": (
        "The service holds this content from an upload under other settings. Delete it there, "
        "then `flexorchd retry`."
    ),
    "UNCLEAR_ANSWER": _BY_ITSELF,
    "UNEXPECTED_ANSWER": "Update flexorchd; `flexorchd check --api` writes a report for a bug.",
    "WORKER_LOST": _BY_ITSELF,
    "INTERRUPTED": _BY_ITSELF,
    # the exports
    "INCOMPLETE_JOB": _BY_ITSELF,
    "BUILD_FAILED": "Try it again with `flexorchd export NAME`.",
    "EXPORT_FAILED": "Try it again with `flexorchd export NAME`.",
    "EXPORT_REMOVED": "Put the export back into the configuration, or leave it be.",
    "FORMAT_NOT_INSTALLED": "Install what writes this format: pip install 'flexorchd[engine]'.",
    "UNSUPPORTED_OPERATION": "This service cannot do that; leave it out.",
    # the account
    "INVALID_API_KEY": (
        "Give a valid key (FLEXORCH_API_KEY or api.key_file) and start flexorchd again; if another key "
        "worked here before, once with `flexorchd run --new-account`."
    ),
    "TRIAL_EXPIRED": "Choose a plan at the service; flexorchd goes on by itself.",
    "QUOTA_EXCEEDED": "Wait for the next billing period or take a larger plan; flexorchd goes on by itself.",
    "PLAN_UPGRADE_REQUIRED": "Take a plan that includes this; flexorchd goes on by itself.",
    "RATE_LIMIT_EXCEEDED": _BY_ITSELF,
    # the way to the service
    "SERVICE_ERROR": _BY_ITSELF,
    "SERVICE_UNAVAILABLE": _BY_ITSELF,
    "CONNECTION_FAILED": "Check the network and api.base_url; flexorchd tries again by itself.",
    "CONNECTION_LOST": _BY_ITSELF,
    "TIMEOUT": "Check the network, or allow more with api.timeout; flexorchd tries again by itself.",
    "UNKNOWN_HOST": "Check api.base_url and name resolution; flexorchd tries again by itself.",
    "TLS_FAILED": (
        "Check the clock, the certificates of this machine and any proxy; flexorchd tries again by itself."
    ),
    "PROXY_FAILED": "Check the proxy and HTTPS_PROXY; flexorchd tries again by itself.",
    "REDIRECTED": "Set api.base_url to the address that it redirects to, if you trust it.",
    # the machine
    "STATE_FULL": "Free some space there; flexorchd goes on by itself.",
    "STATE_READ_ONLY": "Mount it writable; flexorchd goes on by itself.",
    "DISK_FULL": "Free some space; flexorchd goes on by itself.",
    "PERMISSION_DENIED": "Let the user that runs flexorchd read and write there; it goes on by itself.",
    "READ_ONLY": "Mount it writable; flexorchd goes on by itself.",
    "DISK_ERROR": "Check the disk, the cable or the share; flexorchd tries again by itself.",
    "FOLDER_MISSING": "Bring the folder back; flexorchd goes on by itself.",
    "FOLDER_SILENT": "Bring the server or the disk behind the folder back; flexorchd goes on by itself.",
    "MOUNT_MISSING": (
        "Mount it again; flexorchd goes on by itself. If what lies there now is to take its place: "
        "`flexorchd approve WATCH`."
    ),
    "MOUNT_LOST": "Mount it again; flexorchd goes on by itself.",
    "OUTPUT_SILENT": "Bring the server or the disk behind the output back; flexorchd goes on by itself.",
    "OUTPUT_MISSING": "Mount the output again, or bring its folder back; flexorchd goes on by itself.",
    "TOO_MANY_OPEN_FILES": "Raise the limit of open files (LimitNOFILE in the unit).",
    "LINK_IN_THE_WAY": "Put a folder in the link's place: the output is written to without following links.",
    "NAME_TOO_LONG": "Shorten the names of the folders above.",
    "SYSTEM_ERROR": _BY_ITSELF,
    # what holds documents back
    "MAX_BACKLOG": "Look at them with `flexorchd plan`, then `flexorchd approve WATCH`.",
    "CREDITS_PER_DAY": (
        "Wait for midnight (UTC), or raise limits.credits_per_day; flexorchd goes on by itself."
    ),
    "RESERVE": "Wait for new credits, or lower limits.reserve; flexorchd goes on by itself.",
    "VERSIONS_PER_DAY": "Wait, or raise limits.versions_per_day; the newest version is sent.",
    "WATCH_REMOVED": "Put the watch back into the configuration, or leave it be.",
}
_SAME_AS = {
    "UNAUTHORIZED": "INVALID_API_KEY",
    "MISSING_API_KEY": "INVALID_API_KEY",
    "MALFORMED_API_KEY": "INVALID_API_KEY",
    "INTERNAL_ERROR": "SERVICE_ERROR",
    "JOB_TIMEOUT": "JOB_UNFINISHED",
    "NOT_FOUND": "JOB_GONE",
    "DOCUMENT_NOT_FOUND": "JOB_GONE",
    "REPROCESS_FAILED": "PROCESSING_FAILED",
    "REPROCESS_NOT_SUPPORTED": "DOCUMENT_FILE_NOT_AVAILABLE",
}


def remedy(code: str, name: str | None = None) -> str:
    """What a person can do about a failure, a pause or a hold, in a sentence.

    Args:
        code: of the failure, the pause or the hold.
        name: of the watch or the export that it concerns, for the commands in the sentence.
    """
    sentence = _REMEDIES.get(_SAME_AS.get(code, code), _REPORT)
    return (
        sentence
        if name is None
        else sentence.replace("WATCH`", f"{name}`").replace("NAME`", f"{name}`")
    )


def remedy_for_file(code: str) -> str:
    """What a person can do about a file that the operating system does not show."""
    return remedy("UNREADABLE" if code == "PERMISSION_DENIED" else code)
