"""Runs Rasa's own commands without other people's deprecation warnings: `python -m assistant run`, for `rasa run`.

A message that asks for several things is answered thing by thing, in the terminal too.

The packages on which Rasa 3.6 stands warn at every start, forty lines long. PYTHONWARNINGS cannot quieten them: Sanic
turns these warnings on again when it is imported.
"""

from __future__ import annotations

import gc
import importlib
import warnings


def main() -> None:
    """Import Sanic first, so that what is said here comes after it; then hand over to Rasa."""
    importlib.import_module("sanic")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("default", category=DeprecationWarning, module=r"assistant\.")
    # Imported here, because Rasa comes with it. The web channel does the same; a terminal has only this.
    importlib.import_module("assistant.channels.several").install()
    rasa = importlib.import_module("rasa.__main__")
    # Python looks through all that lives again and again; what was imported stays until the end.
    gc.freeze()
    rasa.main()


if __name__ == "__main__":
    main()
