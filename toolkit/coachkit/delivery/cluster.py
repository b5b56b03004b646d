"""Reports on a Dask cluster: the same jobs, on every machine that sees the engagement's folder under the same path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from coachkit.errors import CoachkitError

if TYPE_CHECKING:
    from distributed import Client

CONNECT_S = 20
RETRIES = 2  # a job whose node is lost is tried on others


class ClusterError(CoachkitError):
    """A scheduler that cannot be used."""


class ClusterExecutor(Executor):
    """A Dask client as an executor of :mod:`concurrent.futures`; ``n_workers`` is the number of its threads."""

    def __init__(self, client: Client) -> None:
        self._inner = client.get_executor(pure=False, retries=RETRIES)
        self.n_workers = max(1, sum(client.nthreads().values()))

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future:  # noqa: ANN401
        """Hand one call to the cluster."""
        return self._inner.submit(work, *arguments, **named)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Give the cluster's connection back; its workers stay."""
        self._inner.shutdown(wait=wait and not cancel_futures)


@contextmanager
def cluster_executor(url: str) -> Iterator[ClusterExecutor]:
    """Connect to a Dask scheduler.

    Raises
    ------
    ClusterError
        If ``coachkit[dask]`` is not installed, nobody answers, or the cluster has no worker.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("--scheduler needs Dask. Install it with  pip install 'coachkit[dask]'.") from None
    try:
        client = Client(url, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError):
        msg = f"no Dask scheduler answers at {url!r}. Start one with  dask scheduler  and pass its tcp:// address."
        raise ClusterError(msg) from None
    with client:
        if not client.nthreads():
            msg = f"the scheduler at {url!r} has no workers. Start some with  dask worker {url}  on each machine."
            raise ClusterError(msg)
        executor = ClusterExecutor(client)
        try:
            yield executor
        finally:
            executor.shutdown(wait=False)
