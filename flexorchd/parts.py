"""The parts of a working flexorchd, built and joined: the ledger, the account, the client, the output.

`Parts` is what a daemon and a command that acts without one have in common. Here, and in `daemon`, is the
only place where parts are made; everything else is handed what it needs.
"""

from __future__ import annotations

import os
import random
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import astuple, replace
from pathlib import Path
from typing import Self

import structlog

from flexorchd import log as logs
from flexorchd.account import Account, Gate
from flexorchd.client import FlexOrch
from flexorchd.clock import Clock
from flexorchd.config import (
    Access,
    Config,
    Loaded,
    WatchConfig,
    access,
    check_folders,
    in_force,
    remember,
)
from flexorchd.engine_process import EngineProcess, require_engine
from flexorchd.errors import StateError
from flexorchd.filesystem.patience import LOOK_SECONDS, within
from flexorchd.ledger.accounts import ENGINE_URL, SettingsRow
from flexorchd.ledger.ledger import Ledger
from flexorchd.output import Output, OutputMissingError, claim, make_root
from flexorchd.pipeline.after import After
from flexorchd.pipeline.stage import Bells
from flexorchd.recovery.rebuild import rebuild
from flexorchd.recovery.rescue import COMPLETE, open_ledger
from flexorchd.rules.routing import Route
from flexorchd.state import StateDirectory
from flexorchd.watch.mounts import is_remote, read_mounts

log = structlog.get_logger()

NEEDS_OUTPUT = (
    "The ledger is a copy or new, and what was sent before is known from the results in the output: bring "
    "it back first."
)


class Parts:
    """Everything that stages and commands share, opened in order and closed in reverse.

    Args:
        loaded: the configuration.
        clock: the time.
        env: where the API key may come from.
        new_account: whether another account than the last run's is meant.

    Raises:
        FlexorchdError: something that a person has to mend first.
    """

    def __init__(
        self,
        loaded: Loaded,
        clock: Clock,
        env: Mapping[str, str],
        *,
        new_account: bool = False,
    ) -> None:
        self.loaded = loaded
        self.clock = clock
        self._env = env
        self.bells = Bells()
        self.jitter = random.random
        self._closing = ExitStack()
        try:
            self._open(access(loaded.config, env), new_account)
        except BaseException:
            self._closing.close()
            raise

    @property
    def config(self) -> Config:
        """The configuration in force; a reload replaces it."""
        return self.loaded.config

    def _open(self, access: Access, new_account: bool) -> None:
        if access.mode == "embedded":
            require_engine()
        check_folders(self.config, known_watches=_known_watches(self.config.state_dir))
        self.access = access
        refuse_network_mount(self.config.state_dir)
        self.state = StateDirectory(self.config.state_dir)
        self._closing.callback(self.state.close)
        self.ledger = open_ledger(self.state.ledger, self.state.backups, self.clock.now())
        self._closing.callback(self.ledger.close)
        self.output = self._open_output()
        self.engine = self._start_engine() if access.mode == "embedded" else None
        account_id = self._enter_account(new_account)
        self.account = Account(
            self.ledger,
            account_id,
            self.clock,
            near=self.engine is not None,
            on_change=self.bells.ring_all,
        )
        self.client = self._connect()
        self._closing.callback(self.client.close)
        self._configure()

    def _configure(self) -> None:
        self.roots = {w.name: self._root_of(w) for w in self.config.watches}
        self.watch_ids = self.ledger.watches.configure(self.roots)
        self.ledger.exports.configure([e.name for e in self.config.exports], self.clock.now())
        self._remember_run()

    def _root_of(self, watch: WatchConfig) -> bytes:
        """A watch's folder, free of symbolic links; as it was known where it does not answer."""
        try:
            return os.fsencode(within(LOOK_SECONDS, watch.path.resolve))
        except TimeoutError:
            known = self.ledger.watches.get(watch.name)
            return known.root if known else os.fsencode(Path(os.path.abspath(watch.path)))

    def take_over(self, loaded: Loaded) -> None:
        """Put a changed configuration in force, as far as a running flexorchd can.

        Raises:
            FlexorchdError: the new folders may not lie where they do, or the key's file cannot be read;
                nothing has changed.
        """
        config, waiting = in_force(self.config, loaded.config)
        check_folders(config, known_watches=[w.name for w in self.ledger.watches.all()])
        if access(config, self._env).fingerprint != self.access.fingerprint:
            waiting.append("the API key")
        if waiting:
            log.warning("reload.needs_restart", changed=waiting)
        self.loaded = replace(loaded, config=config)
        logs.set_up(config.log.level, config.log.format)
        self._configure()
        log.info("reload.done")

    # -- opening --------------------------------------------------------------------------------------

    def _open_output(self) -> Output:
        config = self.config.output
        root = make_root(config.path, config.file_mode)
        owner = self.ledger.memory.get("owner")
        try:
            mine = claim(
                root,
                owner,
                self.state.path,
                secrets.token_hex(16),
                served_before=self.ledger.memory.get("output") == str(root),
                file_mode=config.file_mode,
            )
        except OutputMissingError as missing:
            if not self.ledger.memory.get(COMPLETE):
                raise StateError(str(missing), NEEDS_OUTPUT) from missing
            log.error("output.held", reason=str(missing))
            mine = owner
        output = Output(root, mine, config.file_mode)
        if not self.ledger.memory.get(COMPLETE):
            rebuild(self.ledger, output, self.clock.now())
            self.ledger.memory.set(COMPLETE, True)
        self.ledger.memory.set("owner", mine)
        return output

    def _start_engine(self) -> EngineProcess:
        engine = EngineProcess(self.state, self.config.engine, self.clock)
        self._closing.callback(engine.close)
        engine.start()
        return engine

    def _enter_account(self, new_account: bool) -> int:
        if self.engine is not None:
            identity = ("embedded", ENGINE_URL, self.engine.store_id, "this machine")
        else:
            identity = ("hosted", self.access.base_url, self.access.fingerprint, self.access.hint)
        now = self.clock.now()
        before = self.ledger.memory.get("account")
        account_id = self.ledger.accounts.add(*identity, now)
        if before is not None and before != account_id:
            if not new_account and not self._never_answered(before, account_id):
                raise StateError(
                    f"The state directory {self.state.path} worked with another account before: "
                    f"{self._described(before)}, and now it is {self._described(account_id)}.",
                    "If that is meant, start once with --new-account; else give this account a "
                    "state directory of its own.",
                )
            moved = self.ledger.documents.move_unfinished(account_id, now)
            log.warning("account.changed", unfinished_documents=moved)
        self.ledger.memory.set("account", account_id)
        return account_id

    def _never_answered(self, before: int, now: int) -> bool:
        """Whether the key before was mistyped: nothing was ever sent with it, and the service is the same."""
        old, new = self.ledger.accounts.get(before), self.ledger.accounts.get(now)
        same_service = old.mode == new.mode == "hosted" and old.base_url == new.base_url
        return same_service and old.usage_at is None

    def _described(self, account_id: int) -> str:
        account = self.ledger.accounts.get(account_id)
        if account.mode == "embedded":
            return f"the embedded engine with the store {account.fingerprint}"
        return f"{account.base_url} with key {account.hint}"

    def _connect(self) -> FlexOrch:
        timeout = self.config.api.timeout
        if self.engine is not None:
            return FlexOrch(
                self.engine.key,
                "http://localhost/v1",
                timeout,
                uds=self.engine.uds,
                retry_for=0,
            )
        assert self.access.key is not None  # noqa: S101  a hosted account has a key
        logs.never_tell(self.access.key.get_secret_value())
        return FlexOrch(
            self.access.key.get_secret_value(), self.access.base_url, timeout, retry_for=0
        )

    def _remember_run(self) -> None:
        """What commands that name only the state directory need of this run."""
        self.ledger.memory.set("output", str(self.output.root))
        self.ledger.memory.set(
            "run",
            {
                "started_at": self.clock.now(),
                "pid": os.getpid(),
                "config_file": str(self.loaded.file) if self.loaded.file else None,
                "config": remember(self.config),
                "origin": {key: astuple(origin) for key, origin in self.loaded.origin.items()},
            },
        )

    # -- what stages are handed -----------------------------------------------------------------------

    def client_for(self, kind: str) -> FlexOrch:
        """The client whose requests count as one kind of work."""
        return self.client.using(Gate(self.account, kind))

    def settings_id(self, watch: WatchConfig) -> int:
        """The settings that a watch's documents are sent with."""
        return self.ledger.accounts.settings_id(
            SettingsRow(watch.locale, watch.mask_pii, watch.mask_strategy, watch.document_type)
        )

    def after(self, watch_name: str) -> After | None:
        """What a watch does with delivered sources; None keeps them."""
        for watch in self.config.watches:
            if watch.name == watch_name and watch.after != "keep":
                return After(watch.after, watch.archive_dir)
        return None

    def routes(self) -> Sequence[Route]:
        """The configured routes."""
        return [
            Route(
                name=r.name or f"route {number}",
                grade=r.grade,
                degraded=r.degraded,
                document_type=r.document_type,
                pii=r.pii,
                failed=r.failed,
                folder=r.folder,
                command=r.command,
                timeout=r.timeout,
            )
            for number, r in enumerate(self.config.routes, 1)
        ]

    def close(self) -> None:
        """Close everything, the last opened first."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def refuse_network_mount(state_dir: Path) -> None:
    """SQLite's locks do not hold over a network.

    Raises:
        StateError: the state directory is on a network mount.
    """
    existing = next(path for path in (state_dir, *state_dir.parents) if path.exists())
    mount = read_mounts().of(os.fsencode(existing.resolve()))
    if mount is not None and is_remote(mount):
        raise StateError(
            f"The state directory {state_dir} is on a network mount ({mount.type}).",
            "Put it on a local disk; watches and output may be on the network.",
        )


def _known_watches(state_dir: Path) -> list[str]:
    """The watches that a ledger has seen; a missing folder of theirs is awaited, not refused."""
    path = state_dir / "ledger.sqlite3"
    if not path.exists():
        return []
    try:
        ledger = Ledger(path, readonly=True)
    except sqlite3.DatabaseError:
        # It is set aside when its turn comes.
        return []
    try:
        return [watch.name for watch in ledger.watches.all() if watch.scanned_at is not None]
    finally:
        ledger.close()
