"""The engine's privacy: personal data found, and masked in text and records."""

from flexorchd.engine.steps.privacy.detect import count_types, find_pii
from flexorchd.engine.steps.privacy.mask import Masker
from flexorchd.engine.steps.privacy.records import Known, known_values, mask_record

__all__ = ["Known", "Masker", "count_types", "find_pii", "known_values", "mask_record"]
