"""Makes .venv, and installs into it what requirements*.txt pin; again only when they changed.

Run by whatever Python there is, so it must also be readable by one that is too old.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]
INSTALLED = VENV / "installed"  # what is in there: a digest of the pins


def pinned():
    """Give a digest of all pins."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in REQUIREMENTS)).hexdigest()


def install():
    # Nothing is written outside the project: pip's cache neither.
    os.environ.setdefault("PIP_CACHE_DIR", str(ROOT / "var" / "pip"))
    files = [word for file in REQUIREMENTS for word in ("--requirement", str(file))]
    run(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", *files)
    INSTALLED.write_text(pinned())


def run(*command):
    subprocess.run([str(word) for word in command], check=True)  # noqa: S603 -- words of our own


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 -- an older one may read this
        sys.exit(
            f"Python 3.11 or newer is needed, and this is {sys.version.split()[0]}. "
            "Name another one: make PYTHON=..."
        )
    complete = PYTHON.exists() and INSTALLED.exists()
    if complete and INSTALLED.read_text() == pinned():
        return
    print("Installing the requirements into .venv ...", flush=True)
    try:
        if not complete:  # or an interrupted start left half of it
            run(sys.executable, "-m", "venv", "--clear", VENV)
        install()
    except subprocess.CalledProcessError as error:
        sys.exit("That failed: " + " ".join(error.cmd))


if __name__ == "__main__":
    main()
