"""The configuration: the only reader of the file and the environment."""

from flexorchd.config.access import Access, access, webhook_secret
from flexorchd.config.fields import Address, Grade, Mode
from flexorchd.config.folders import check_folders
from flexorchd.config.loading import (
    Loaded,
    Origin,
    for_inbox,
    load,
    recall,
    remember,
    state_dir_beside,
)
from flexorchd.config.models import (
    ApiConfig,
    Config,
    EngineConfig,
    ExportConfig,
    LimitsConfig,
    LogConfig,
    OutputConfig,
    RouteConfig,
    WatchConfig,
    WebConfig,
    WebhookConfig,
)
from flexorchd.config.reload import in_force

__all__ = [
    "Access",
    "Address",
    "ApiConfig",
    "Config",
    "EngineConfig",
    "ExportConfig",
    "Grade",
    "LimitsConfig",
    "Loaded",
    "LogConfig",
    "Mode",
    "Origin",
    "OutputConfig",
    "RouteConfig",
    "WatchConfig",
    "WebConfig",
    "WebhookConfig",
    "access",
    "check_folders",
    "for_inbox",
    "in_force",
    "load",
    "recall",
    "remember",
    "state_dir_beside",
    "webhook_secret",
]
