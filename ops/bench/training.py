"""Training of one pipeline from nothing: time, processor time and peak memory."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

TRAINING_DATA = ("data/nlu", "data/rules", "data/stories")


@dataclass(frozen=True)
class Training:
    """What one training took, the start of the program included. Seconds and MiB."""

    model: Path
    wall_s: float
    cpu_s: float
    peak_mib: float


def train(python: Path, config: Path, folder: Path) -> Training:
    """Train a Rasa model with an empty cache, so that nothing of an earlier training is reused.

    Raises:
        subprocess.CalledProcessError: Rasa refused to train; its output is in the error.
    """
    with tempfile.TemporaryDirectory() as cache, (folder / f"{config.stem}.log").open("w") as log:
        command = [str(python), "-m", "rasa", "train", "--config", str(config), "--domain", "assistant/domain"]
        command += ["--data", *TRAINING_DATA, "--out", str(folder), "--fixed-model-name", config.stem, "--force"]
        env = {**os.environ, "RASA_CACHE_DIRECTORY": cache, "RASA_TELEMETRY_ENABLED": "false", "PYTHONPATH": "."}
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=log, stderr=log, env=env)
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        output = (folder / f"{config.stem}.log").read_text()
        raise subprocess.CalledProcessError(process.returncode, command, output=output)
    return Training(
        model=folder / f"{config.stem}.tar.gz",
        wall_s=wall,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mib=usage.ru_maxrss / 1024,
    )
