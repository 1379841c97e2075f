"""How both servers are started: their commands, and the environment each is given."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.ports import Port, read_ports

ASSISTANT_PYTHON = ".venvs/assistant/bin/python"
SERVICES_PYTHON = ".venvs/services/bin/python"
MODEL = "models/daogou.tar.gz"
DEMO_DATABASE = "sqlite:///var/shop.db"

_QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "RASA_TELEMETRY_ENABLED": "false",
    # Rasa 3.6 stands on SQLAlchemy 1.4 and says so at each start.
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # The newer SDK warns at each action that Rasa is older; that they work together is what the conversations test.
    "PYTHONWARNINGS": "ignore::DeprecationWarning,ignore:Your versions of rasa and rasa_sdk:UserWarning",
    "PYTHONUNBUFFERED": "1",
}
_THREAD_BOUNDS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_INTER_OP_PARALLELISM_THREADS",
    "TF_INTRA_OP_PARALLELISM_THREADS",
)


@dataclass(frozen=True)
class Server:
    """One server as it is started: a name for its log, a command, and an address that answers when it is ready."""

    name: str
    command: tuple[str, ...]
    health: str


@dataclass(frozen=True)
class Launch:
    """Everything both servers are started with.

    Attributes:
        ports: the assistant's and the action server's.
        variables: the environment of both processes.
    """

    ports: tuple[Port, Port]
    variables: Mapping[str, str]

    @property
    def base_url(self) -> str:
        """The assistant's address."""
        return f"http://localhost:{self.ports[0].number}"

    @property
    def page(self) -> str:
        """The address of the demo storefront."""
        return f"{self.base_url}/webhooks/web/"

    def assistant(self, *arguments: str) -> Server:
        """Describe the Rasa server; the arguments are added to its command."""
        host, number = self.ports[0].host, self.ports[0].number
        command = (ASSISTANT_PYTHON, "-m", "assistant", "run", "--interface", host, "--port", str(number))
        return Server("assistant", (*command, *rasa_files(), *arguments), self.page)

    def actions(self) -> Server:
        """Describe the action server."""
        port = str(self.ports[1].number)
        command = (SERVICES_PYTHON, "-m", "actions.server", "--port", port)
        return Server("actions", command, f"http://127.0.0.1:{port}/health")


def rasa_files() -> tuple[str, ...]:
    """Give the arguments that name the model and the endpoint and channel files to Rasa."""
    files = ("--endpoints", "assistant/endpoints.yml", "--credentials", "assistant/credentials.yml")
    return ("--model", MODEL, *files)


def read_launch(environ: Mapping[str, str], secret_file: Path = Path("var/secret")) -> Launch:
    """Read how to start from the settings, with the demo's defaults.

    Raises:
        PortUnusable: a port setting is no port number.
    """
    ports = read_ports(environ)
    defaults = {
        "DAOGOU_DATABASE_URL": DEMO_DATABASE,
        # Demo mode signs anyone in as a customer: by default only where nobody has named a database, be it the same.
        "DAOGOU_DEMO": "0" if environ.get("DAOGOU_DATABASE_URL") else "1",
        "DAOGOU_RECSYS": str(recommender_folder(environ)),
        "DAOGOU_VISION": str(vision_folder(environ)),
        "DAOGOU_THREADS": "1",
        "DAOGOU_TRACKER_DB": "var/tracker.db",
        "DAOGOU_PORT": str(ports[0].number),
        "DAOGOU_ACTIONS_PORT": str(ports[1].number),
        "DAOGOU_ACTIONS_URL": f"http://127.0.0.1:{ports[1].number}/webhook",
    }
    variables = {**defaults, **_QUIET, **{name: value for name, value in environ.items() if value}}
    if "DAOGOU_SECRET" not in variables:
        variables["DAOGOU_SECRET"] = read_or_make_secret(secret_file)
    variables.update(dict.fromkeys(_THREAD_BOUNDS, variables["DAOGOU_THREADS"]))
    variables["PYTHONPATH"] = "."
    return Launch((ports[0], ports[1]), variables)


def recommender_folder(environ: Mapping[str, str]) -> Path:
    """Give the folder of recommenders that settings name: the demo's is never that of a shop of one's own."""
    named = environ.get("DAOGOU_RECSYS")
    return Path(named or ("artifacts/recsys/shop" if environ.get("DAOGOU_DATABASE_URL") else "artifacts/recsys/demo"))


def vision_folder(environ: Mapping[str, str]) -> Path:
    """Give the folder of image model and gallery that settings name: the demo's is never that of another shop."""
    named = environ.get("DAOGOU_VISION")
    return Path(named or ("artifacts/vision/shop" if environ.get("DAOGOU_DATABASE_URL") else "artifacts/vision/demo"))


def read_or_make_secret(file: Path) -> str:
    """Read the secret that signs sessions, or make one that only its owner can read."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as made:
            made.write(secrets.token_hex(32))
    return file.read_text().strip()
