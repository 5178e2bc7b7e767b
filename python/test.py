"""Builds the wheel and runs its tests: `python3 python/test.py`.

Makes an environment in `target/python` the first time; later runs take what is there. Words
after the command go to pytest: `python3 python/test.py -k polars`.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")).resolve()
FOLDER = TARGET / "python"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
REQUIREMENTS = HERE / "requirements.txt"
# A copy of what was installed.
STAMP = FOLDER / "requirements.txt"


def run(*words):
    """Runs Python in the environment, and ends with its status if it fails."""
    done = subprocess.run([PYTHON, *words], cwd=HERE)
    if done.returncode:
        sys.exit(done.returncode)


def main():
    if not STAMP.is_file() or STAMP.read_bytes() != REQUIREMENTS.read_bytes():
        venv.create(FOLDER, with_pip=True, clear=True)
        run("-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS)
        STAMP.write_bytes(REQUIREMENTS.read_bytes())
    wheels = FOLDER / "wheels"
    for old in wheels.glob("*.whl"):
        old.unlink()
    build = ["build", "--locked", "--profile", "dev", "--interpreter", PYTHON, "--out", wheels]
    run("-m", "maturin", *build)
    install = ["install", "--quiet", "--no-deps", "--no-index", "--force-reinstall"]
    run("-m", "pip", *install, *wheels.glob("*.whl"))
    # The stubs say what the module has.
    stubs = ["--mypy-config-file", HERE / "mypy.ini", "--allowlist", HERE / "stubtest.txt"]
    run("-m", "mypy.stubtest", "longma", *stubs)
    run("-m", "pytest", "--quiet", *sys.argv[1:])


main()
