"""Warm kernels for everybody: a kernel provisioner that forks real ipykernels instead of starting new interpreters.

Jupyter finds it by the entry point ``coachkit-warm`` and the kernel specification of that name, so that papermill,
nbclient, nbval, Voila and JupyterLab use it unmodified: ``papermill -k coachkit-warm in.ipynb out.ipynb``. Where forking
is not safe, an ordinary kernel is started instead.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from coachkit.delivery.kernel_zygote import MARK
from coachkit.errors import CoachkitError

LAUNCHER = "ipykernel_launcher"
ZYGOTE_GONE = "the process that forks warm kernels does not answer. Set COACHKIT_PLAIN_KERNELS=1 to do without it."
REPLY_S = 60.0  # the first kernel waits for the imports
KILLED = -int(getattr(signal, "SIGKILL", 9))


class ZygoteError(CoachkitError):
    """The process that forks kernels is gone; an ordinary kernel serves as well."""


class WarmProvisioner(LocalProvisioner):
    """Starts kernels by forking; everything else is what Jupyter does for local kernels."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401 - Jupyter's signature
        """Fork a kernel, or start an ordinary one where forking is not possible."""
        if not can_warm(cmd):
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index(LAUNCHER) + 1 :]
        try:
            kernel = _zygote().launch(arguments, kwargs.get("env") or os.environ, kwargs.get("cwd"))
        except ZygoteError:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = kernel  # type: ignore[assignment]  # it speaks Popen's language
        self.pid, self.pgid, self.ip = kernel.pid, kernel.pid, getattr(self.parent, "ip", None)
        return self.connection_info


def can_warm(command: Sequence[str]) -> bool:
    """Whether a kernel of this command can be forked: Linux, and the kernel of Python itself."""
    is_off = os.environ.get("COACHKIT_PLAIN_KERNELS", "") not in ("", "0")
    return sys.platform.startswith("linux") and LAUNCHER in command and not is_off


class ForkedKernel:
    """A forked kernel as :class:`subprocess.Popen` would describe it."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, zygote: Zygote) -> None:
        self.pid, self._zygote = pid, zygote
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Exit code, or None while the kernel runs."""
        if self.returncode is None:
            self.returncode = self._zygote.exit_code(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit code.

        Raises
        ------
        subprocess.TimeoutExpired
            If the kernel still runs after ``timeout`` seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(LAUNCHER, timeout or 0)
            time.sleep(0.02)
        return self.returncode or 0

    def send_signal(self, signum: int) -> None:
        """Send a signal to a kernel that still runs."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class Zygote:
    """The zygote of this process: its socket, and the exit codes it has told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair()
        command = [sys.executable, "-m", "coachkit.delivery.kernel_zygote", str(theirs.fileno())]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=(theirs.fileno(),))  # noqa: S603
        theirs.close()
        self._received, self._ended, self._launched = b"", dict[int, int](), list[int]()
        atexit.register(self.close)

    def launch(self, arguments: Sequence[str], env: Mapping[str, str], cwd: str | os.PathLike | None) -> ForkedKernel:
        """Fork a kernel.

        Raises
        ------
        ZygoteError
            If the zygote died or does not answer.
        """
        request = {"arguments": list(arguments), "env": dict(env), "cwd": None if cwd is None else os.fspath(cwd)}
        with self._lock:
            try:
                self._socket.sendall(json.dumps(request).encode() + MARK)
            except OSError as error:
                raise ZygoteError(ZYGOTE_GONE) from error
            deadline = time.monotonic() + REPLY_S
            while not self._launched and self.is_alive and time.monotonic() < deadline:
                self._listen(0.5)
            if not self._launched:
                raise ZygoteError(ZYGOTE_GONE)
            return ForkedKernel(self._launched.pop(), self)

    @property
    def is_alive(self) -> bool:
        """Whether the zygote runs."""
        return self._process.poll() is None

    def exit_code(self, pid: int) -> int | None:
        """Exit code of a kernel that ended; kernels die with their zygote."""
        with self._lock:
            self._listen(0)
            if pid not in self._ended and not self.is_alive:
                return KILLED
            return self._ended.get(pid)

    def _listen(self, seconds: float) -> None:
        self._socket.settimeout(seconds or 1e-6)
        try:
            self._received += self._socket.recv(65536)
        except (TimeoutError, BlockingIOError, ConnectionError):
            return
        *messages, self._received = self._received.split(MARK)
        for message in map(json.loads, messages):
            if "pid" in message:
                self._launched.append(message["pid"])
            else:
                self._ended[message["ended"]] = message["code"]

    def close(self) -> None:
        """End the zygote and with it its kernels."""
        self._socket.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@cache
def _living(_: int) -> list[Zygote]:
    return []


def _zygote() -> Zygote:
    """The zygote of this very process (a fork of it has none yet); a new one if it died."""
    kept = _living(os.getpid())
    if not kept or not kept[-1].is_alive:
        kept.append(Zygote())
    return kept[-1]
