"""Set up coachkit from a fresh clone and do one job: ``demo`` or ``test``. Needs Python 3.11 and pip, nothing else.

    python3 toolkit/bootstrap.py demo            run the whole job on the sample engagement
    python3 toolkit/bootstrap.py test [ARGS]     run every test (ARGS go to pytest)
    python3 toolkit/bootstrap.py setup           only make .venv and install

Everything is installed into ``.venv`` beside this checkout. Tests also need a Chromium browser; on Debian and
Ubuntu it is installed with apt-get where that is allowed, elsewhere the message says what to install.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
DEBIAN_PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk")


def say(text: str) -> None:
    """Tell the user what happens next, at once even when piped."""
    print(f"coachkit: {text}", flush=True)


def run(*command: str | Path, **options: object) -> None:
    """Run a command and end with its exit code if it fails."""
    code = subprocess.run([str(part) for part in command], check=False, **options).returncode
    if code:
        sys.exit(code)


def make_environment() -> None:
    """Create ``.venv``; where Python was packaged without ensurepip, pip installs into it from outside."""
    if PYTHON.exists():
        return
    say("making .venv")
    try:
        run(sys.executable, "-m", "venv", VENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except SystemExit:
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=False)


def pip_command() -> list[str]:
    """The pip of the environment, or the outer pip pointed at it."""
    has_pip = subprocess.run([PYTHON, "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0
    return [str(PYTHON), "-m", "pip"] if has_pip else [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def install(extra: str) -> None:
    """Install the checkout with its dependencies, unless this pyproject.toml was installed before."""
    stamp = VENV / f"installed-{extra or 'main'}"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("installing coachkit and its dependencies (a few minutes the first time)")
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    run(*pip_command(), "install", "--quiet", "--disable-pip-version-check", "--editable", target)
    stamp.write_text(wanted)


def find_browser() -> str | None:
    """Path of a Chromium-like browser, from COACHKIT_BROWSER or the usual names."""
    return os.environ.get("COACHKIT_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)


def ensure_browser() -> None:
    """Install Debian's Chromium and fonts where that is possible; otherwise the browser tests say what is missing."""
    if find_browser() or not shutil.which("apt-get"):
        return
    prefix = [] if os.geteuid() == 0 else (["sudo", "-n"] if shutil.which("sudo") else None)
    if prefix is None:
        return
    say("installing Chromium for the browser tests")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES]):
        subprocess.run([*prefix, "apt-get", *arguments], check=False, env=environment, stdout=subprocess.DEVNULL)


def main(arguments: list[str]) -> None:
    """Do the job named on the command line."""
    job, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an old Python meets first
        sys.exit("coachkit: needs Python 3.11 or newer; this is " + sys.version.split()[0])
    if job not in {"demo", "test", "setup"}:
        sys.exit(__doc__)
    make_environment()
    install("dev" if job == "test" else "")
    os.chdir(ROOT)
    if job == "demo":
        run(PYTHON, "-m", "coachkit", "demo", *rest)
    elif job == "test":
        ensure_browser()
        run(PYTHON, "-m", "pytest", *rest)
    else:
        say(f"ready: {PYTHON.parent / 'coachkit'}")


if __name__ == "__main__":
    main(sys.argv[1:])
