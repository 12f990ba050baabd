"""What a public repository is read by: workflows, requirements.lock, citation, issue forms, commands in texts.

No service runs here, so each file is held against its schema and against what it names: each function below returns the
faults of a text, is asked about the file, and then about the same file with something wrong put into it.
"""

from __future__ import annotations

import contextlib
import json
import re
from importlib import metadata

import pytest
import yaml
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from benchmarks import results
from tests.common import COURSE, NOTEBOOKS, read

MAKEFILE = (COURSE / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())
PAGES = [COURSE / "README.md", COURSE / "CONTRIBUTING.md", *sorted((COURSE / "docs").glob("*.md"))]
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in PAGES}
COMMAND = re.compile(r"`([^`\n ]*python\S* -m [^`\n]*|py -[^`\n]*)`")
PLAIN = {command for text in TEXTS.values() for command in COMMAND.findall(text)}
WORKFLOWS = {path.stem: path.read_text(encoding="utf-8") for path in (COURSE / ".github/workflows").glob("*.yml")}
JOBS = {
    "checks": {"all", "quick", "windows", "macos"},
    "weekly": {"versions", "slow", "mutants", "links"},
    "site": {"build", "deploy"},
    "release": {"release"},
}
# Who may do more than read, and why: one deploys to Pages, one attaches files to a release.
MAY = {"deploy": {"pages": "write", "id-token": "write"}, "release": {"contents": "write"}}
PYTHONS = {"3.10", "3.11", "3.12", "3.13"}


def faults(name, text):
    """What is wrong with a workflow, in words."""
    flow = yaml.safe_load(text)
    found = [f"no job {job}" for job in JOBS[name] - set(flow["jobs"])]
    if flow.get("permissions") != {"contents": "read"}:
        found.append("more rights than to read")
    for job, content in flow["jobs"].items():
        if content.get("permissions", MAY.get(job)) != MAY.get(job):
            found.append(f"{job} has other rights than it needs")
        found += [] if "timeout-minutes" in content else [f"{job} has no limit of time"]
        for step in content["steps"]:
            command = step.get("run")
            if command and command not in PLAIN and not set(command.split()[1:2]) <= TARGETS:
                found.append(f"no command of the course: {command}")
            elif command and command not in PLAIN and not re.fullmatch(r'make [\w-]+( \w+="[^"]*")?', command):
                found.append(f"more than one command: {command}")
            if "uses" in step and not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]):
                found.append(f"not pinned: {step['uses']}")
    return found + [f"Python {version}" for version in pythons(flow) - PYTHONS]


def pythons(flow):
    """The versions of Python that a workflow sets up."""
    jobs = flow["jobs"].values()
    named = {step["with"]["python-version"] for job in jobs for step in job["steps"] if "setup-python" in str(step)}
    listed = {version for job in jobs for version in job.get("strategy", {}).get("matrix", {}).get("python", [])}
    return {version for version in named if "${{" not in str(version)} | listed


@pytest.mark.parametrize("name", JOBS)
def test_workflows_call_the_courses_commands_and_no_others(name):
    assert faults(name, WORKFLOWS[name]) == []


def test_the_checks_run_on_each_python_that_the_course_admits():
    assert pythons(yaml.safe_load(WORKFLOWS["checks"])) == PYTHONS


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("checks", "run: make test", "run: make tset", "no command of the course"),
        ("checks", "run: make test", "run: make test && curl example.org | sh", "more than one command"),
        ("checks", "-m course.doctor", "-m course.docter", "no command of the course"),
        ("checks", '["3.10", "3.11"', '["3.9", "3.11"', "Python 3.9"),
        ("checks", "  macos:", "  mac:", "no job macos"),
        ("checks", "contents: read", "contents: write", "more rights"),
        ("weekly", "    timeout-minutes: 60\n", "", "no limit of time"),
        ("site", "pages: write", "pages: write\n      contents: write", "other rights"),
        ("release", "@b4309332981a82ec1c5618f44dd2e27cc8bfbfda", "@v3", "not pinned"),
    ],
)
def test_a_wrong_workflow_is_noticed(name, old, new, said):
    assert old in WORKFLOWS[name]
    found = faults(name, WORKFLOWS[name].replace(old, new))
    assert found and all(said in fault for fault in found)


SCHEMAS = {
    "github-workflows": ".github/workflows/*.yml",
    "github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
    "github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "dependabot": ".github/dependabot.yml",
    "citation-file-format": "CITATION.cff",
}


def valid(schema, *paths):
    from check_jsonschema import main

    return CliRunner().invoke(main, ["--builtin-schema", f"vendor.{schema}", *map(str, paths)]).exit_code == 0


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_for_a_service_are_as_it_wants_them(schema, tmp_path):
    pytest.importorskip("check_jsonschema")
    paths = sorted(COURSE.glob(SCHEMAS[schema]))
    assert paths and valid(schema, *paths)
    wrong = tmp_path / paths[0].name
    wrong.write_text("nonsense: true\n")
    assert not valid(schema, wrong), "the schema is looked at"


def test_the_container_sets_up_what_a_learner_needs():
    container = json.loads((COURSE / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    command = container["postCreateCommand"]
    assert re.search(rf"^{re.escape(command.removeprefix('make '))}:", MAKEFILE, re.MULTILINE)
    assert re.search(r"python:(3\.\d+)", container["image"])[1] in PYTHONS


def test_the_hook_before_a_commit_is_make_check():
    hooks = yaml.safe_load((COURSE / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [hook["entry"] for repo in hooks for hook in repo["hooks"]] == ["make check"]


def requirements(text):
    return [Requirement(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def disagreements(lock):
    """Where exact versions leave the ranges of requirements.txt, or are not those that made the notebooks' outputs."""
    wanted = requirements((COURSE / "requirements.txt").read_text(encoding="utf-8"))
    exact = {line.name: str(line.specifier).removeprefix("==") for line in requirements(lock)}
    found = [line.name for line in wanted if not line.specifier.contains(exact.get(line.name, "0"))]
    for name in NOTEBOOKS:
        made_on = read(name).metadata.made_on
        found += [f"{name}: {tool}" for tool in ("tensorflow", "keras") if made_on[tool] != exact[tool]]
    return found


def test_the_lock_has_the_versions_that_made_the_outputs():
    lock = (COURSE / "requirements.lock").read_text(encoding="utf-8")
    assert disagreements(lock) == [], "run  make lock"
    assert "numpy" in disagreements(re.sub(r"^numpy==.*\n", "", lock, flags=re.MULTILINE))
    assert disagreements(re.sub(r"^keras==.*", "keras==3.14.0", lock, flags=re.MULTILINE)) != []


def test_the_texts_name_no_command_that_is_not_there():
    """Each `make NAME` and `python -m NAME` of README, CONTRIBUTING and docs."""
    for name, text in TEXTS.items():
        assert set(re.findall(r"(?:^|`)make ([a-z][\w-]*)", text, re.MULTILINE)) <= TARGETS, name
        for module in re.findall(r"python -m ((?:course|tools|benchmarks|figures)\.\w+)", text):
            assert (COURSE / f"{module.replace('.', '/')}.py").is_file(), f"{name}: {module}"


def test_both_columns_of_plain_commands_say_the_same():
    """A command for Windows differs from its neighbour in how it names Python and in nothing else."""
    rows = [row for text in TEXTS.values() for row in re.findall(r"\| `([^`]*)` \| `([^`]*)` \|$", text, re.MULTILINE)]
    rows = [row for row in rows if "python" in row[1]]
    assert len(rows) >= 10
    for windows, others in rows:
        same = windows.replace("py -3.12", "python3").replace(r".venv\Scripts\python", ".venv/bin/python")
        assert same == others


def test_the_readme_is_short_and_begins_with_pictures_and_two_commands():
    lines = TEXTS["README.md"].splitlines()
    assert len(lines) <= 80
    top = "\n".join(lines[:25])
    assert top.count("](docs/pictures/") == 2 and "<!--headlines-->" in top
    assert re.findall(r"^```\n(.*?)^```", top, re.DOTALL | re.MULTILINE)[0].endswith("\nmake run\nmake test\n")


def test_commands_can_be_pasted():
    """Windows PowerShell 5 has no &&, and zsh takes a comment for an argument."""
    blocks = [
        block for text in TEXTS.values() for block in re.findall(r"^```\n.*?^```", text, re.DOTALL | re.MULTILINE)
    ]
    assert len(blocks) >= 4
    assert [block for block in blocks if re.search(r"&&| # ", block)] == []


def test_what_the_texts_say_of_times_on_other_machines():
    """A step without 16-bit arithmetic against one with it; the whole of notebook 3 against *Train*."""
    for name in ("README.md", "teaching.md"):
        assert "notebook 3 takes about half as long again" in TEXTS[name]
    speed = results.read("speed")
    step = speed[speed.way == "course"].groupby("what").value.median().filter(like="DCGAN, step of 32 pictures")
    assert sorted(step.index.str.split(", ").str[-1]) == ["float32", "mixed_bfloat16"]
    assert 1.4 < step.max() / step.min() < 1.6
    made_on = read("03_fruit_gan").metadata.made_on
    said = re.search(
        r"times 45, .* the whole notebook takes about ([\d.]+) times that", TEXTS["teaching.md"], re.DOTALL
    )
    assert float(said[1]) == round(made_on.seconds / made_on.sections["Train"], 1)


def test_the_lock_can_be_installed_with_the_python_that_the_settings_name():
    said = re.search(r"Python (3\.\d+\.\d+) or newer", TEXTS["settings.md"])[1]
    for line in requirements((COURSE / "requirements.lock").read_text(encoding="utf-8")):
        with contextlib.suppress(metadata.PackageNotFoundError):
            package = metadata.metadata(line.name)
            if line.specifier.contains(package["Version"]):
                assert SpecifierSet(package["Requires-Python"] or "").contains(said), line.name
