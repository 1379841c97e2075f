"""Both servers on free ports with a demo shop of their own: for tests from outside and for benchmarks."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx

from ops.database_copy import copy_database
from ops.launch import Launch, read_launch
from ops.ports import free_ports
from ops.processes import ServerProcess, wait_for

DEMO_SHOP = Path("artifacts/demo/shop.db")
"""The demo shop as `make train` seeded it; nothing writes into it afterwards."""

DEMO_RECOMMENDER = Path("artifacts/recsys/demo")
"""What `make train` learnt from the demo shop."""

DEMO_VISION = Path("artifacts/vision/demo")
"""The image model and the gallery that `make train` made of the demo shop's pictures."""

_UNLIMITED = ("MESSAGE", "SESSION", "READ", "PHOTO")
_NO_LIMITS = {f"DAOGOU_{name}_RATE": "0" for name in _UNLIMITED}
_ANSWER_SECONDS = 60.0


class Stack:
    """The whole house, started as `make run` starts it, on a copy of the demo shop.

    Use it as a context manager. The assistant is started with Rasa's HTTP API, which `make run` leaves off, so that
    tests can read what a conversation's tracker holds.

    Attributes:
        folder: where its databases are; nothing outside it is written but the logs.
        secret: what it signs sessions with, so that tests can forge them.
        launch: its ports and the environment of its servers.
    """

    def __init__(
        self, folder: Path, logs: Path, settings: Mapping[str, str] | None = None, model: Path | None = None
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            folder: an empty folder for its databases.
            logs: where the output of both servers is kept.
            settings: settings that differ from the demo's, such as DAOGOU_DEMO.
            model: a Rasa model other than the one that `make train` made.
        """
        self.folder, self.secret, self._api_token = folder, secrets.token_hex(32), secrets.token_hex(16)
        self.launch = self._read_launch(settings or {})
        self._actions = ServerProcess(self.launch.actions(), self.launch.variables, logs / "actions.log")
        # Rasa takes the last of two options of the same name.
        named = ("--model", str(model)) if model else ()
        api = ("--enable-api", "--auth-token", self._api_token, *named)
        self._assistant = ServerProcess(self.launch.assistant(*api), self.launch.variables, logs / "assistant.log")
        for log in (self._actions.log, self._assistant.log):
            log.unlink(missing_ok=True)

    def _read_launch(self, settings: Mapping[str, str]) -> Launch:
        # The settings of whoever runs the tests must not leak in.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DAOGOU_")}
        port, actions_port = free_ports(2)
        own = {
            "DAOGOU_PORT": str(port),
            "DAOGOU_ACTIONS_PORT": str(actions_port),
            "DAOGOU_DATABASE_URL": self.database_url,
            "DAOGOU_TRACKER_DB": str(self.folder / "tracker.db"),
            "DAOGOU_SECRET": self.secret,
            "DAOGOU_DEMO": "1",
            "DAOGOU_RECSYS": str(DEMO_RECOMMENDER),
            "DAOGOU_PHOTOS": str(self.photos),
            "DAOGOU_VISION": str(DEMO_VISION),
        }
        return read_launch({**inherited, **_NO_LIMITS, **own, **settings})

    @property
    def base_url(self) -> str:
        """The address of the assistant, the one public door."""
        return self.launch.base_url

    @property
    def actions_url(self) -> str:
        """The address of the action server."""
        return f"http://127.0.0.1:{self.launch.ports[1].number}"

    @property
    def database(self) -> Path:
        """The file of its shop database."""
        return self.folder / "shop.db"

    @property
    def photos(self) -> Path:
        """The folder of the photos that its shoppers have sent."""
        return self.folder / "photos"

    @property
    def _as_started(self) -> Path:
        return self.folder / "shop-as-started.db"

    @property
    def database_url(self) -> str:
        """The address of its shop database."""
        return f"sqlite:///{self.database}"

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each running server by its name."""
        return {process.server.name: process.pid for process in (self._actions, self._assistant)}

    def start(self) -> float:
        """Copy the demo shop, start both servers and wait; returns the seconds until both answered."""
        copy_database(DEMO_SHOP, self.database)
        self._actions.start()
        self._assistant.start()
        waited = wait_for([self._actions, self._assistant])
        # The action server adds its search index to the database: a reset brings back this state, index included.
        copy_database(self.database, self._as_started)
        return waited

    def stop(self) -> None:
        """Stop both servers."""
        self._assistant.stop()
        self._actions.stop()

    def kill_actions(self) -> None:
        """End the action server as a crash would."""
        self._actions.kill()

    def start_actions(self) -> None:
        """Start the action server again and wait until it answers."""
        self._actions.start()
        wait_for([self._actions])

    @property
    def actions_log(self) -> Path:
        """Give the file of the action server's output, where the demo's one-time codes come."""
        return self._actions.log

    def reset_shop(self) -> None:
        """Give the shop database the contents it had at the start again, while the servers run."""
        copy_database(self._as_started, self.database)

    def tracker(self, sender_id: str) -> dict[str, Any]:
        """Read a conversation's slots and all its events from Rasa."""
        address = f"{self.base_url}/conversations/{quote(sender_id, safe='')}/tracker"
        parameters = {"include_events": "ALL", "token": self._api_token}
        answer = httpx.get(address, params=parameters, timeout=_ANSWER_SECONDS).raise_for_status()
        tracker: dict[str, Any] = answer.json()
        return tracker

    def __enter__(self) -> Stack:
        """Start; what had started is stopped where the rest does not."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop both servers."""
        self.stop()
