"""Runs tasks that do not know of each other: one after the other here, or spread by Ray over workers and machines.

Both engines call the same function with the same tasks and give the results in the same order, so what comes out does
not depend on which one ran it: a task that draws or computes bounds its own threads and seeds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar

from recsys.errors import InvalidFrame

RETRIES = 2

T = TypeVar("T")
R = TypeVar("R")

OBJECT_STORE_BYTES = 200 * 2**20
"""Memory that Ray sets aside for what tasks hand over; ours hand over names and counts, and read files themselves."""


class Engine(AbstractContextManager["Engine"], Protocol):
    """Runs tasks; used in a `with` block, at whose end its workers are gone."""

    def map(
        self, function: Callable[[T], R], tasks: Sequence[T], on_done: Callable[[R], object] | None = None
    ) -> list[R]:
        """Call a function with each task.

        Args:
            function: One that stands in a module, so that another process can find it.
            tasks: Small values; large data is named by its file.
            on_done: Called here with each result, in the order of tasks.

        Returns:
            The results in the order of tasks. The first exception ends it.
        """
        ...


class LocalEngine:
    """Runs one task after the other in this process."""

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing behind: there are no workers."""

    def map(
        self, function: Callable[[T], R], tasks: Sequence[T], on_done: Callable[[R], object] | None = None
    ) -> list[R]:
        """Call a function with each task, see `Engine.map`."""
        results = []
        for task in tasks:
            results.append(function(task))
            if on_done is not None:
                on_done(results[-1])
        return results


class RayEngine:
    """Runs tasks on Ray: on workers of this machine, or on a cluster that is there.

    Each worker has one thread for numbers. Nothing is reported to anybody: usage statistics and the dashboard are off.
    """

    def __init__(self, workers: int = 2, address: str | None = None) -> None:
        """Say where to run; nothing is started yet.

        Args:
            workers: Processes on this machine; of a cluster each free processor takes a task.
            address: Of a cluster, as `ray.init` takes it; all its machines read the same folders. None starts Ray here.

        Raises:
            InvalidFrame: Fewer than one worker is asked for.
        """
        if workers < 1:
            raise InvalidFrame("workers", workers, "at least one is wanted")
        self._workers = workers
        self._address = address

    def __enter__(self) -> RayEngine:
        import ray
        from ray._common.usage import usage_lib

        # Ray has no argument for it: its own switch sets the variable that its processes read.
        usage_lib.set_usage_stats_enabled_via_env_var(False)
        bounds = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        environment = {"env_vars": {**bounds, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}}
        here: dict[str, Any] = {
            "num_cpus": self._workers,
            "object_store_memory": OBJECT_STORE_BYTES,
            "include_dashboard": False,
            # Ray kills workers when the whole machine is short of memory, whoever took it; here there is nobody to
            # start them anew elsewhere, and the system itself knows better whom to stop.
            "_system_config": {"memory_monitor_refresh_ms": 0},
        }
        ray.init(
            address=self._address or "local",
            runtime_env=environment,
            log_to_driver=False,
            logging_level=logging.ERROR,
            **(here if self._address is None else {}),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the workers; a cluster goes on."""
        import ray

        ray.shutdown()

    def map(
        self, function: Callable[[T], R], tasks: Sequence[T], on_done: Callable[[R], object] | None = None
    ) -> list[R]:
        """Call a function with each task on any free worker, see `Engine.map`.

        A task whose worker is lost is begun anew elsewhere: tasks write whole files or none.

        Raises:
            ChildProcessError: Workers were lost again and again.
        """
        import ray
        from ray.exceptions import OutOfMemoryError, WorkerCrashedError

        run = ray.remote(num_cpus=1, max_retries=RETRIES)(function)
        waiting = [run.remote(task) for task in tasks]
        results = []
        for reference in waiting:
            try:
                results.append(ray.get(reference))
            except (OutOfMemoryError, WorkerCrashedError) as error:
                raise ChildProcessError(f"a worker of Ray was lost: {error}") from error
            if on_done is not None:
                on_done(results[-1])
        return results


def engine_of(name: str, workers: int, address: str | None = None) -> LocalEngine | RayEngine:
    """Make the engine of that name: "local" or "ray".

    Raises:
        InvalidFrame: There is none of that name.
    """
    if name == "local":
        return LocalEngine()
    if name == "ray":
        return RayEngine(workers, address)
    raise InvalidFrame("engine", name, "local or ray is wanted")
