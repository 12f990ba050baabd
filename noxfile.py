"""The checks at both ends of what the requirements admit, each in a fresh environment: make test-matrix.

python -m nox -- tests/lessons/test_quadratic.py    other checks than the usual ones; everything goes to pytest
"""

import nox

nox.options.default_venv_backend = "uv"
nox.options.error_on_missing_interpreters = True  # a version that is not here is no success
USUAL = ["tests/utils", "tests/course", "tests/lessons", "solutions"]


@nox.session
@nox.parametrize("python, resolution", [("3.12", "lowest-direct"), ("3.13", "highest")], ids=["oldest", "newest"])
def checks(session: nox.Session, resolution: str) -> None:
    """Install with one resolution of the requirements, say what that gave, and run pytest."""
    session.install("--resolution", resolution, "-r", "requirements-dev.txt")
    session.run("python", "-c", "from course.setup import machine; print(machine())")
    session.run("python", "-m", "pytest", *(session.posargs or USUAL))
