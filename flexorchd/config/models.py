"""Every configuration key, its default and its meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from flexorchd.config.fields import (
    DAY,
    Address,
    Count,
    Cron,
    Duration,
    Executor,
    FileMode,
    Glob,
    Grade,
    Interval,
    Listen,
    Locale,
    Name,
    Place,
    Places,
    Plan,
    PrivateUrl,
    Seconds,
    SecretPlace,
    SecretUrl,
    Subfolder,
    TimeZone,
    Url,
    Words,
)
from flexorchd.rules.selection import DEFAULT_EXCLUDE, supported_kinds

DocumentType = Literal[
    "invoice",
    "expense_report",
    "purchase_order",
    "sales_proposal",
    "bank_statement",
    "payroll",
    "budget",
    "delivery_note",
    "tax_declaration",
    "contract",
    "general",
]
Format = Literal[
    "jsonl", "csv", "parquet", "markdown", "arrow", "json", "md", "xml", "xlsx", "rag", "hf"
]


class Section(BaseModel):
    """A table of the file: frozen, with no key that is not here."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_default=True, use_attribute_docstrings=True
    )


class ApiConfig(Section):
    """Where documents are processed."""

    mode: Literal["auto", "hosted", "embedded"] = "auto"
    """`hosted` sends documents to the service, `embedded` processes them on this machine, `auto` is
    hosted when a key is set and embedded otherwise."""
    base_url: PrivateUrl = "https://api.flexorch.com/v1"
    """The service's address. Plain http only for this machine."""
    key_file: SecretPlace | None = None
    """A file that holds the API key and nothing else; without it, the key is FLEXORCH_API_KEY."""
    timeout: Annotated[Interval, Field(le=3_600)] = 30
    """Seconds to wait for an answer."""


class WatchConfig(Section):
    """A folder that is watched, and how its documents are processed."""

    name: Name
    """Unique: lower-case letters, digits, - and _; it names the folder of its results."""
    path: Place
    """The folder."""
    recursive: bool = True
    """Whether folders inside it are watched as well."""
    include: tuple[Glob, ...] = tuple(f"*.{kind}" for kind in supported_kinds("embedded"))
    """Globs that a file must match, ignoring case; by default the kinds that can be processed."""
    exclude: tuple[Glob, ...] = DEFAULT_EXCLUDE
    """Globs of what is left alone; they win over `include`. A glob without / is tried on every part of
    the path; one that ends in / on folders only."""
    locale: Locale = "und"
    """The documents' language, such as `de` or `tr`; `und` tries them all."""
    mask_pii: bool = True
    """Whether personal data is masked in all that comes back."""
    mask_strategy: Literal["redact", "replace", "token", "hash"] = "redact"
    """How it is masked: a label, a plausible stand-in, a numbered token, or a keyed hash."""
    document_type: Literal["auto", DocumentType] = "auto"
    """What the documents are, where you know it; `auto` finds out."""
    settle: Seconds = 2.0
    """Seconds without a change before a file counts as complete."""
    after: Literal["keep", "archive", "delete"] = "keep"
    """What becomes of a file once its result is safe."""
    archive_dir: Place | None = None
    """Where `after = "archive"` moves files."""
    polling: Literal["auto", "always", "never"] = "auto"
    """Whether the folder is looked through instead of waiting for events; `auto` does so on network
    mounts, which send none."""
    rescan: Interval = 300
    """Seconds between full scans, which catch what events missed."""


class OutputConfig(Section):
    """Where results and datasets go."""

    path: Place
    """The folder; it belongs to one daemon."""
    details: bool = True
    """Whether each result holds the extracted fields, which costs one more request a document."""
    file_mode: FileMode = 0o640
    """Permissions of results, as octal text; folders get the same with search bits."""


class LimitsConfig(Section):
    """Guards on money and on the wrong folder; 0 turns one off."""

    max_backlog: Count = 0
    """More new files than this in a watch are held until `flexorchd approve WATCH`. By default 1000 for
    the hosted service, off for the embedded engine."""
    credits_per_day: Count = 0
    """Documents are held once this many credits are used in a day."""
    reserve: Count = 0
    """Documents are held while fewer credits than this are left."""
    versions_per_day: Count = 0
    """A file that is saved again and again is sent at most this often a day, then waits for its newest
    version. By default 10 for the hosted service, off for the embedded engine."""


class ExportConfig(Section):
    """A dataset built from results, by schedule or by hand."""

    name: Name
    """Unique; it names the folder of its datasets."""
    schedule: Cron | None = None
    """Five cron fields: minute, hour, day of month, month, day of week. Without it, by hand."""
    timezone: TimeZone = "UTC"
    """The time zone of the schedule."""
    formats: Annotated[tuple[Format, ...], Field(min_length=1)] = ("jsonl",)
    """Any of jsonl csv parquet markdown arrow json xml xlsx rag hf."""
    watches: tuple[Name, ...] = ()
    """The watches that it takes documents from; without it, all."""
    min_grade: Grade | None = None
    """The lowest grade that it takes; without it, all."""
    scope: Literal["new", "all"] = "new"
    """`new` takes what no earlier run took, `all` the newest version of everything."""
    keep: Count = Field(default_factory=lambda data: 30 if data.get("scope") == "all" else 0)
    """Runs kept on disk, 0 for all of them. By default 30 where `scope` is `all`, else 0."""
    delete_remote: bool = False
    """Whether the dataset is deleted at the service once it has been exported."""


class RouteConfig(Section):
    """Where results of some kind go instead, or what is run for them.

    A result matches when it meets every condition given. The first matching route with a `folder`
    decides where it lies; the `command` of every matching route is run.
    """

    name: Name | None = None
    """What logs call it."""
    grade: tuple[Grade, ...] = ()
    """The grades it is for."""
    degraded: bool | None = None
    """For results with (or without) a record that could be extracted."""
    document_type: tuple[DocumentType, ...] = ()
    """The document types it is for."""
    pii: bool | None = None
    """For results in which personal data was (or was not) found."""
    failed: bool = False
    """For failures instead of results; takes a `command` only."""
    folder: Subfolder | None = None
    """A folder below the output that takes the place of `results`."""
    command: tuple[str, ...] | None = None
    """A program and its arguments, run without a shell; the result's path is added as the last one."""
    timeout: Interval = 60
    """Seconds until the command is ended."""


class WebConfig(Section):
    """The status page, metrics and health checks."""

    listen: Listen = Address("127.0.0.1", 8620)
    """Where it listens; empty turns it off."""
    allowed_hosts: Words = ("localhost", "127.0.0.1", "[::1]")
    """Host names it answers to; /healthz, /readyz and /metrics answer to any."""
    ping_url: SecretUrl | None = None
    """An address to be asked for once a minute while documents get through; whoever watches it hears when
    that ends."""


class WebhookConfig(Section):
    """Being told by the service, instead of asking, that a job is done."""

    listen: Listen = None
    """Where deliveries are taken; empty turns it off."""
    secret_file: SecretPlace | None = None
    """A file with the secret that deliveries are signed with."""
    public_url: Url | None = None
    """The address under which the service reaches `listen`; with it, the daemon registers itself."""


class EngineConfig(Section):
    """The embedded engine."""

    executor: Executor = "local"
    """`local` works in processes of this machine, `dask://host:port` on a Dask cluster."""
    plan: Plan = "unlimited"
    """The plan whose limits it rehearses: unlimited, trial, starter or pro, and to reach a limit soon
    with numbers of your own, such as `starter rpm=5 credits=3`."""
    ocr_languages: Words = ()
    """Languages that scans are read in, as Tesseract names them; without it, all that are installed."""
    keep_originals: Duration = 7 * DAY
    """How long uploaded bytes are kept."""
    connector_roots: Places = ()
    """Folders below which connectors of type `folder` may read; without it, none."""


class LogConfig(Section):
    """What is logged, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least serious events that are logged."""
    format: Literal["auto", "console", "json"] = "auto"
    """`auto` is readable on a terminal and JSON elsewhere."""


class Config(BaseSettings):
    """The whole configuration. `flexorchd.config.load` fills it from file and environment."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        use_attribute_docstrings=True,
        env_prefix="FLEXORCHD_",
        env_nested_delimiter="__",
    )

    state_dir: Place = Path("/var/lib/flexorchd")
    """Where the ledger, the engine's data and the lock are kept; one daemon each."""
    api: ApiConfig = ApiConfig()
    watches: Annotated[tuple[WatchConfig, ...], Field(alias="watch", min_length=1)]
    output: OutputConfig
    limits: LimitsConfig = LimitsConfig()
    exports: Annotated[tuple[ExportConfig, ...], Field(alias="export")] = ()
    routes: Annotated[tuple[RouteConfig, ...], Field(alias="route")] = ()
    web: WebConfig = WebConfig()
    webhook: WebhookConfig = WebhookConfig()
    engine: EngineConfig = EngineConfig()
    log: LogConfig = LogConfig()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing but what is handed in: `sources` joins file and environment where it can see both."""
        return (init_settings,)


def section_of(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a field that is a table, or an array of tables."""
    for kind in (field.annotation, *getattr(field.annotation, "__args__", ())):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None
