"""A process that has imported everything once and forks an ordinary ipykernel whenever it is asked to.

    python -m coachkit.delivery.kernel_zygote FD        (started by :mod:`coachkit.delivery.warm_kernels`)

It is single-threaded, serves one owner over a socket, reaps its kernels and tells their exit codes. Its kernels die
with it, and it ends when its owner does.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import sys
import time
from typing import Any

from coachkit.delivery.execution import single_thread, warm_up
from coachkit.engagement.forks import die_with_parent, draw_fresh_seeds

MARK = b"\n"  # ends a message: one JSON document a line


def serve(connection: socket.socket) -> None:
    """Fork kernels on request until the owner is gone."""
    wake, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake the selector below
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt at the terminal is for the kernels to handle
    waiting = selectors.DefaultSelector()
    waiting.register(connection, selectors.EVENT_READ)
    waiting.register(wake, selectors.EVENT_READ)
    received = b""
    while True:
        for key, _ in waiting.select():
            if key.fileobj is connection:
                piece = connection.recv(65536)
                if not piece:
                    return
                received += piece
            else:
                os.read(wake, 4096)
        *requests, received = received.split(MARK)
        for request in requests:
            _tell(connection, {"pid": _fork_kernel(json.loads(request), connection)})
        _reap(connection)


def _reap(connection: socket.socket) -> None:
    """Tell the owner of every kernel that ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _tell(connection, {"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def _tell(connection: socket.socket, message: dict[str, Any]) -> None:
    connection.sendall(json.dumps(message).encode() + MARK)


def _fork_kernel(request: dict[str, Any], connection: socket.socket) -> int:
    zygote = os.getpid()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setsid()
        die_with_parent()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        connection.close()
        _become_fresh(request)
        from ipykernel.kernelapp import launch_new_instance

        # ipykernel read JPY_PARENT_PID when it was imported here, so that it is told again.
        launch_new_instance(argv=[*request["arguments"], f"--IPKernelApp.parent_handle={zygote}"])
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 0
    finally:
        os._exit(code)


def _become_fresh(request: dict[str, Any]) -> None:
    """Give the child what a new interpreter would have: its own environment, folder, arguments, seeds and time zone."""
    os.environ.clear()
    os.environ.update(request["env"])
    if request["cwd"]:
        os.chdir(request["cwd"])
    sys.argv = ["ipykernel_launcher.py", *request["arguments"]]
    time.tzset()
    draw_fresh_seeds()
    if "matplotlib" in sys.modules:
        import matplotlib as mpl

        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
        mpl.rcParams["backend"] = os.environ["MPLBACKEND"]


def main() -> None:
    """Import everything, then serve the socket whose descriptor is the first argument."""
    single_thread(os.environ)
    die_with_parent()
    import sklearn  # noqa: F401 - imported for the kernels

    warm_up()
    with socket.socket(fileno=int(sys.argv[1])) as connection:
        serve(connection)


if __name__ == "__main__":
    main()
