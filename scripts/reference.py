"""Write docs/reference/*.md and the man page from the code; with --check, say which are not current."""

from __future__ import annotations

import inspect
import json
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from prometheus_client.parser import text_string_to_metric_families

from flexorchd import __version__
from flexorchd.cli.main import flexorchd
from flexorchd.config import Config
from flexorchd.config.loading import load
from flexorchd.config.models import section_of
from flexorchd.insight.status import ExportStatus
from flexorchd.insight.survey import survey
from flexorchd.insight.troubles import Trouble
from flexorchd.ledger.figures import Cause, Held
from flexorchd.ledger.ledger import Ledger
from flexorchd.monitoring.health import Budget, StageHealth
from flexorchd.monitoring.metrics import Metrics

REPOSITORY = Path(__file__).parents[1]
REFERENCE = REPOSITORY / "docs/reference"
MADE = "<!-- Made by scripts/reference.py from the code. -->\n\n"
WIDTH = 80


# -- commands -----------------------------------------------------------------------------------------


def commands(
    group: click.Group = flexorchd, above: click.Context | None = None
) -> Iterator[tuple[click.Command, click.Context]]:
    """Every command that does something, with the context that knows its full name."""
    context = click.Context(
        group, above, info_name=group.name, max_content_width=WIDTH, terminal_width=WIDTH
    )
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, context)
        elif command is not None:
            yield (
                command,
                click.Context(
                    command, context, info_name=name, max_content_width=WIDTH, terminal_width=WIDTH
                ),
            )


def synopsis(command: click.Command, context: click.Context) -> str:
    """The command with its arguments."""
    return " ".join([context.command_path, *command.collect_usage_pieces(context)])


def sentences(command: click.Command) -> str:
    """What it does, in the words of its help."""
    return inspect.cleandoc(command.help or "")


def options(command: click.Command, context: click.Context) -> list[tuple[str, str]]:
    """Its options and what each means."""
    named = (param for param in command.params if isinstance(param, click.Option))
    records = (option.get_help_record(context) for option in named)
    return [record for record in records if record is not None]


def examples(command: click.Command) -> str:
    """The lines of its examples."""
    lines = (command.epilog or "").replace("\b\n", "").strip().splitlines()[1:]
    return textwrap.dedent("\n".join(lines))


def commands_page() -> str:
    """docs/reference/commands.md."""
    parts = [
        "# Commands\n\n"
        + MADE
        + "Exit codes of every command: 0 good, 1 something failed or was found, "
        "2 usage, configuration or lock. Logs go to standard error. `--json` prints one JSON document on "
        "standard output and nothing else.\n"
    ]
    for command, context in commands():
        parts.append(f"## {context.command_path}\n\n```\n{synopsis(command, context)}\n```\n")
        parts.append(sentences(command) + "\n")
        if rows := options(command, context):
            table = [f"| `{name.replace('|', chr(92) + '|')}` | {text} |" for name, text in rows]
            parts.append("\n".join(["| option | |", "|---|---|", *table]) + "\n")
        if shown := examples(command):
            parts.append(f"```\n{shown}\n```\n")
    return "\n".join(parts)


# -- configuration ------------------------------------------------------------------------------------


def configuration_page() -> str:
    """docs/reference/configuration.md."""
    example = load(REPOSITORY / "config.example.toml", env={}, cwd=REPOSITORY)
    parts = [
        "# Configuration\n\n" + MADE + "TOML, found in this order: `-c`, `$FLEXORCHD_CONFIG`, "
        "`./flexorchd.toml`, `/etc/flexorchd/config.toml`. Outside of the arrays each key can also be given "
        "by the environment, which wins: `FLEXORCHD_<SECTION>__<KEY>`. Relative paths start in the file's "
        "folder, those of the environment in the working directory. `flexorchd config show` prints what is "
        "in force; [config.example.toml](../../config.example.toml) has everything to copy from.\n"
    ]
    top = Config.model_fields["state_dir"]
    parts.append(
        f"| key | default | |\n|---|---|---|\n| `state_dir` | `{top.default}` | {flat(top.description)} |\n"
    )
    for name, field in Config.model_fields.items():
        section = section_of(field)
        if section is None:
            continue
        array = field.alias is not None
        parts.append(f"## {'[[' if array else '['}{field.alias or name}{']]' if array else ']'}\n")
        parts.append(inspect.cleandoc(section.__doc__ or "") + "\n")
        parts.append("| key | default | |\n|---|---|---|")
        parts.append("\n".join(rows_of(section, example.origin, name)) + "\n")
    return "\n".join(parts)


def rows_of(section: type[Any], origin: Any, name: str) -> Iterator[str]:
    """A line for each key of a table."""
    for key, field in section.model_fields.items():
        known = origin.get(f"{name}.{key}")
        value = known.value if known else shown(field)
        default = f"`{value}`" if value and value != "(none)" else ""
        yield f"| `{key}` | {default} | {flat(field.description)} |"


def shown(field: Any) -> str:
    """A default as it would stand in a file."""
    if field.is_required():
        return ""
    value = field.get_default(call_default_factory=False)
    if value is None or field.default_factory is not None:
        return ""
    return json.dumps(value, default=str, ensure_ascii=False).replace("|", "\\|")


def flat(text: str | None) -> str:
    """Text on one line."""
    return " ".join((text or "").split())


# -- metrics ------------------------------------------------------------------------------------------


class Sample:
    """A daemon's health with one of everything."""

    def stages(self) -> list[StageHealth]:
        """One stage."""
        return [StageHealth("upload", alive=True, idle=1.0)]

    def missing(self) -> list[str]:
        """Nothing."""
        return []

    def engine_alive(self) -> bool:
        """It runs."""
        return True

    def budget(self) -> Budget:
        """One that is bounded."""
        return Budget(60, 60)

    def requests(self) -> dict[tuple[str, str], int]:
        """One request."""
        return {("upload", "ok"): 1}


def metrics_page() -> str:
    """docs/reference/metrics.md."""
    parts = [
        "# Metrics\n\n"
        + MADE
        + "At `/metrics` of `[web] listen`, in Prometheus' text form, without the "
        "token; beside these the usual `process_*`. [deploy/alerts.yml](../../deploy/alerts.yml) has alert "
        "rules, [deploy/grafana-dashboard.json](../../deploy/grafana-dashboard.json) a dashboard.\n",
        "| metric | type | labels | |\n|---|---|---|---|",
    ]
    for family in text_string_to_metric_families(sampled_metrics()):
        if family.name.startswith("flexorchd_"):
            total = "_total" if family.type == "counter" else ""
            labels = ", ".join(sorted({label for s in family.samples for label in s.labels}))
            parts.append(
                f"| `{family.name}{total}` | {family.type} | {labels} | {family.documentation} |"
            )
    return "\n".join(parts) + "\n"


def sampled_metrics() -> str:
    """The metrics of a ledger that has one of everything."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.sqlite3")
        ledger.watches.configure({"inbox": b"/"})
        seen = survey(ledger, Path(folder), 0.0, __version__)
        ledger.close()
    export = ExportStatus("nightly", None, "UTC", None, None, None, None, "2026-01-01T00:00:00Z")
    full = replace(
        seen,
        status=replace(seen.status, troubles=[Trouble("CODE", "", "")], exports=[export]),
        causes=[Cause("CODE", "inbox", 1, 0.0)],
        held=[Held("inbox", "CODE", 1, 1, 1, 0, 0)],
        good_runs={"nightly": 0.0},
    )
    return Metrics(lambda: full, Sample(), __version__).text().decode()


# -- results ------------------------------------------------------------------------------------------


def results_page() -> str:
    """docs/reference/results.md."""
    parts = [
        "# Results, failures and manifests\n\n"
        + MADE
        + "All are JSON in UTF-8. Amounts are numbers of the "
        "exact value: read them as decimals. Dates are ISO 8601, moments in UTC. What is not known is absent "
        "from `fields`. Keys may be added within a schema's number; a program should not mind them.\n"
    ]
    for name in ("result", "failure", "manifest"):
        schema = json.loads((REFERENCE / f"{name}.schema.json").read_text())
        parts.append(f"## {schema['title']}\n\n{schema['description']}\n")
        parts.append(f"Schema: [{name}.schema.json]({name}.schema.json)\n")
        parts.append("| key | type | |\n|---|---|---|")
        parts.append("\n".join(keys_of(schema, "")) + "\n")
    return "\n".join(parts)


def keys_of(schema: dict[str, Any], above: str) -> Iterator[str]:
    """A line for each key of an object, those below it included."""
    for key, one in schema.get("properties", {}).items():
        kinds = one.get("type", "constant" if "const" in one else "any")
        kind = " or ".join(kinds) if isinstance(kinds, list) else kinds
        yield f"| `{above}{key}` | {kind} | {one.get('description', '')} |"
        yield from keys_of(one, f"{above}{key}.")
        yield from keys_of(one.get("items", {}), f"{above}{key}[].")


# -- the man page -------------------------------------------------------------------------------------

HEAD = f""".TH FLEXORCHD 1 "" "flexorchd {__version__}" "User Commands"
.SH NAME
flexorchd \\- turn documents in watched folders into structured, masked and graded datasets
.SH SYNOPSIS
.B flexorchd
.I COMMAND
[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]
.SH DESCRIPTION
"""
TAIL = """.SH EXIT STATUS
0: good. 1: something failed or was found. 2: usage, configuration or lock.
.SH SIGNALS
SIGTERM and SIGINT stop within 10 seconds. SIGHUP reads the configuration again.
.SH ENVIRONMENT
.TP
.B FLEXORCH_API_KEY
The key of a hosted account, where \\fIapi.key_file\\fR names no file.
.TP
.B FLEXORCHD_CONFIG
The configuration file.
.TP
.BI FLEXORCHD_ SECTION __ KEY
A configuration value; it wins over the file.
.SH FILES
.TP
.I /etc/flexorchd/config.toml
The configuration, unless another is named or \\fI./flexorchd.toml\\fR exists.
.TP
.I /var/lib/flexorchd
The ledger, the embedded engine's data and the lock.
"""


def man_page() -> str:
    """docs/flexorchd.1."""
    parts = [HEAD, troff(sentences(flexorchd)), ".SH COMMANDS\n"]
    for command, context in commands():
        parts.append(f".SS {troff(synopsis(command, context))}{troff(sentences(command))}")
        parts += [f".TP\n.B {troff(name)}{troff(text)}" for name, text in options(command, context)]
        if shown := examples(command):
            parts.append(f".PP\n.EX\n{troff(shown)}.EE\n")
    return "".join([*parts, TAIL])


def troff(text: str) -> str:
    """Text that troff takes as text, ending a line."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("\n\n", "\n.PP\n")
    return re.sub(r"^(['.])(?!PP$)", r"\\&\1", escaped, flags=re.MULTILINE) + "\n"


def pages() -> dict[Path, str]:
    """Every file that is made, and what it has to hold."""
    return {
        REFERENCE / "commands.md": commands_page(),
        REFERENCE / "configuration.md": configuration_page(),
        REFERENCE / "metrics.md": metrics_page(),
        REFERENCE / "results.md": results_page(),
        REPOSITORY / "docs/flexorchd.1": man_page(),
    }


def main() -> int:
    """Write them, or compare."""
    if sys.argv[1:] not in ([], ["--check"]):
        sys.stderr.write("usage: reference.py [--check]\n")
        return 2
    stale = [
        (path, text)
        for path, text in pages().items()
        if not path.exists() or path.read_text() != text
    ]
    for path, text in stale:
        sys.stdout.write(f"{path.relative_to(REPOSITORY)}\n")
        if sys.argv[1:] == []:
            path.write_text(text)
    return 1 if stale and sys.argv[1:] else 0


if __name__ == "__main__":
    raise SystemExit(main())
