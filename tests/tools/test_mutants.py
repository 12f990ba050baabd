"""The list of wrong changes is up to date, and a fixed few of them are noticed here; `make mutants` tries all."""

import ast
from collections import Counter

import pytest

from tests.common import COURSE
from tests.mutants import FIXED, MUTANTS
from tools import mutants
from tools.mutants import Mutant, apply, outcome


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_change_still_fits_its_code_and_its_test_is_there(mutant):
    text = (COURSE / mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1, "its text has to occur exactly once"
    assert mutant.new != mutant.old
    if mutant.file.endswith(".py"):
        ast.parse(text.replace(mutant.old, mutant.new))
    for test in mutant.test.split():
        file, _, name = test.partition("::")
        code = (COURSE / file).read_text(encoding="utf-8")
        assert not name or f"def {name.split('[')[0]}(" in code


def test_there_are_many_and_each_has_a_name_of_its_own():
    assert len(MUTANTS) >= 60
    assert [name for name, times in Counter(mutant.name for mutant in MUTANTS).items() if times > 1] == []
    assert {name.split(":")[0] for name in (mutant.name for mutant in MUTANTS)} >= {"lesson 1", "lesson 2", "lesson 3"}
    assert set(FIXED) <= {mutant.name for mutant in MUTANTS} and len(FIXED) == 3


@pytest.mark.slow
def test_the_fixed_few_are_noticed():
    chosen = [mutant for mutant in MUTANTS if mutant.name in FIXED]
    assert mutants.try_all(chosen, jobs=1) == []


@pytest.fixture
def small(tmp_path):
    """A course of one function and one test."""
    (tmp_path / "double.py").write_text("def double(x):\n    return 2 * x\n")
    (tmp_path / "test_double.py").write_text(
        "from double import double\n\n\n"
        "def test_double():\n    assert double(3) == 6\n\n\ndef test_nothing():\n    double(3)\n"
    )
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new", "test", "result"),
    [
        ("2 * x", "test_double", "passed"),
        ("3 * x", "test_double", "failed"),
        ("3 * x", "test_nothing", "passed"),
        ("1 / 0", "test_double", "crashed"),
    ],
)
def test_noticed_means_that_an_assertion_failed(small, new, test, result):
    apply(Mutant("", "double.py", "2 * x", new, ""), small)
    assert outcome(f"test_double.py::{test}", small)[0] == result


def test_an_endless_loop_is_stopped_and_counts_as_a_crash(small):
    apply(Mutant("", "double.py", "2 * x", "any(iter(int, 1))", ""), small)
    assert outcome("test_double.py", small, seconds=2) == ("crashed", "stopped after 2 seconds")


def test_all_tests_on_the_unchanged_course_have_more_time_than_those_of_a_change(monkeypatch):
    given = []
    monkeypatch.setattr(mutants, "outcome", lambda *arguments: given.append(arguments) or ("passed", ""))
    monkeypatch.setattr("sys.argv", ["mutants", "no such change"])
    assert mutants.main() == 0 and given[0][2] > mutants.SECONDS


@pytest.mark.parametrize("old", ["4 * x", "x"])
def test_a_change_that_fits_nowhere_or_twice_is_an_error(small, old):
    with pytest.raises(ValueError, match="occurs [02] times in double.py|occurs 3 times"):
        apply(Mutant("a change", "double.py", old, "5", ""), small)
