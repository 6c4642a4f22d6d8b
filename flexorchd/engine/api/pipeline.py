"""What a request says about how its documents are to be processed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import msgspec

from flexorchd.engine.api.envelope import ApiError, invalid
from flexorchd.engine.model import DOCUMENT_TYPES, MaskStrategy, Settings

_LOCALE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_HINTS = ("auto", *DOCUMENT_TYPES)


class PipelineConfig(msgspec.Struct, frozen=True):
    """Options of the pipeline; an absent one keeps what was."""

    mask_pii: bool | None = None
    mask_strategy: MaskStrategy | None = None
    document_type_hint: str | None = None


def settings_of(locale: str | None, config: Any, base: Settings | None = None) -> Settings:
    """The settings that a request asks for.

    Args:
        locale: a language code, perhaps with a region, or ``und``; None keeps what was.
        config: ``pipeline_config`` as an object or as JSON text; unknown keys are ignored.
        base: what was; the defaults if None.

    Raises:
        ApiError: 422, a value that means nothing.
    """
    base = base or Settings()
    options = _options(config)
    hint = options.document_type_hint or base.document_type
    if hint not in _HINTS:
        raise invalid(f"document_type_hint must be one of {', '.join(_HINTS)}.")
    return replace(
        base,
        locale=_language(locale) if locale else base.locale,
        mask_pii=base.mask_pii if options.mask_pii is None else options.mask_pii,
        mask_strategy=options.mask_strategy or base.mask_strategy,
        document_type=hint,
    )


def _language(locale: str) -> str:
    match = _LOCALE.fullmatch(locale)
    if match is None:
        raise invalid("locale must be a language code such as 'de', or 'und'.")
    return match[1].lower()


def _options(config: Any) -> PipelineConfig:
    try:
        if isinstance(config, str):
            config = msgspec.json.decode(config) if config.strip() else {}
        if config is not None and not isinstance(config, Mapping):
            raise invalid("pipeline_config must be an object.")
        return msgspec.convert(dict(config or {}), type=PipelineConfig)
    except msgspec.DecodeError as error:
        strategies = ", ".join(get_args(MaskStrategy))
        raise invalid(
            "pipeline_config must be a JSON object with mask_pii (true or false), mask_strategy"
            f" ({strategies}) and document_type_hint."
        ) from error


def refuse_spent_trial(days_left: int | None) -> None:
    """402 once the trial is over.

    Raises:
        ApiError: so.
    """
    if days_left == 0:
        raise ApiError(402, "TRIAL_EXPIRED", "The trial is over. Change [engine] plan to go on.")
