"""Short texts that change when something that matters changes: code, settings, pictures; not comments or layout."""

from __future__ import annotations

import ast
import dis
import functools
import hashlib
import inspect
import sysconfig
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import numpy as np

DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)


def digest(*parts: str | bytes) -> str:
    """Sixteen hexadecimal characters that change with any of the parts."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8, "little") + data)
    return whole.hexdigest()[:16]


def normal_form(node: object) -> str:
    """A syntax tree as text, the same on every Python from 3.10 on: no positions, no docstrings, no empty fields."""
    if isinstance(node, ast.AST):
        fields = []
        for name, value in ast.iter_fields(node):
            if name == "body" and isinstance(node, DOCUMENTED) and value and _is_text(value[0]):
                value = value[1:]
            if value is not None and value != [] and name not in ("type_comment", "kind", "ctx"):
                fields.append(f"{name}={normal_form(value)}")
        return f"{type(node).__name__}({','.join(fields)})"
    if isinstance(node, list):
        return f"[{','.join(map(normal_form, node))}]"
    return repr(node)


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a single string, such as a docstring."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def code_digest(function: Callable) -> str:
    """The digest of a function's code, of all functions that it uses and that no library brings, and of the plain
    values and Keras objects (losses, say) that it takes from outside itself.

    Args:
        function: a function, a method, an object that can be called, a partial, or a `tf.function`.
    """
    return digest(*sorted(set(_code_of(function, set()))))


def _code_of(function: Callable, seen: set[int]) -> Iterator[str]:
    """The code of a function and of what it uses, piece by piece."""
    positional, keywords = (), {}
    while isinstance(function, functools.partial):
        positional, keywords = (*function.args, *positional), {**function.keywords, **keywords}
        function = function.func
    function = getattr(function, "python_function", function)  # what a tf.function wraps
    if not isinstance(_plain(function), FunctionType):  # an object that can be called
        function = type(function).__call__.__get__(function)
    plain = _plain(function)
    if not isinstance(plain, FunctionType) or id(plain) in seen:
        return
    seen.add(id(plain))
    yield _source(plain)
    parameters = inspect.signature(function).parameters.values()
    defaults = {one.name: one.default for one in parameters if one.default is not one.empty}
    given = {**defaults, **dict(zip([one.name for one in parameters], positional, strict=False)), **keywords}
    for name, value in given.items():
        yield f"{name} = {getattr(_plain(value), '__qualname__', '')}"
        yield from _piece(name, value, seen)
    cells = zip(plain.__code__.co_freevars, plain.__closure__ or (), strict=True)
    around = plain.__globals__ | {name: cell.cell_contents for name, cell in cells}
    for name, *attributes in sorted(set(_lookups(plain.__code__))):
        value = around.get(name)
        while attributes and isinstance(value, ModuleType) and _is_ours(getattr(value, "__file__", None)):
            name, *attributes = attributes
            value = getattr(value, name, None)
        yield from _piece(name, value, seen)
    if (owner := getattr(function, "__self__", None)) is not None:
        for name in sorted(_attributes(plain.__code__)):
            part = inspect.getattr_static(owner, name, None)  # without asking for properties
            yield from _piece(name, part.__get__(owner) if isinstance(part, FunctionType) else part, seen)


def _piece(name: str, used: object, seen: set[int]) -> Iterator[str]:
    """What counts of something that a function uses: code, if no library brings it, or a value."""
    if used is None or isinstance(used, ModuleType):
        return
    parts = list(vars(used).values()) if isinstance(used, type) else [used]
    for part in parts:
        plain = _plain(part.func if isinstance(part, functools.partial) else part)
        if isinstance(plain, FunctionType):
            if _is_ours(plain.__code__.co_filename):
                yield from _code_of(part, seen)
        elif part is used:
            yield f"{name} = {_value(used)}"


def _plain(function: object) -> object:
    """The function that a method, a decorated function or a `tf.function` wraps; anything else as it is."""
    function = getattr(function, "python_function", function)
    function = getattr(function, "__func__", function)
    return inspect.unwrap(function) if isinstance(function, FunctionType) else function


def _is_ours(file: str | None) -> bool:
    """Whether code in this file belongs to no library: to the course, a notebook, a learner's own module."""
    path = Path(file or sysconfig.get_path("stdlib"))
    installed = {"site-packages", "dist-packages"} & set(path.parts)
    return not installed and not path.is_relative_to(sysconfig.get_path("stdlib"))


def _all_codes(code: CodeType) -> Iterator[CodeType]:
    """A piece of code and those inside it: its lambdas and comprehensions."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _all_codes(constant)


def _lookups(code: CodeType) -> Iterator[tuple[str, ...]]:
    """What a piece of code looks up outside itself, with attributes: `("keras", "random", "uniform")`.

    The attributes of what is looked up inside, such as `gan.generator`, are not among them.
    """
    for part in _all_codes(code):
        chain: tuple[str, ...] = ()
        for step in dis.get_instructions(part):
            outside = step.opname in ("LOAD_GLOBAL", "LOAD_NAME") or step.argval in code.co_freevars
            if step.opname.startswith("LOAD_") and outside:
                if chain:
                    yield chain
                chain = (step.argval,)
            elif step.opname in ("LOAD_ATTR", "LOAD_METHOD") and chain:
                chain += (step.argval,)
            elif chain:
                yield chain
                chain = ()


def _attributes(code: CodeType) -> set[str]:
    """The names of the attributes that a piece of code asks for."""
    steps = [step for part in _all_codes(code) for step in dis.get_instructions(part)]
    return {step.argval for step in steps if step.opname in ("LOAD_ATTR", "LOAD_METHOD")}


def _source(function: FunctionType) -> str:
    """A function's syntax tree as text; its bytecode where no source is to be had."""
    try:
        return normal_form(ast.parse(textwrap.dedent(inspect.getsource(function))))
    except (OSError, SyntaxError, TypeError):
        codes = list(_all_codes(function.__code__))
        return " ".join(f"{code.co_code.hex()} {code.co_names} {_value(code.co_consts)}" for code in codes)


def _value(value: object) -> str:
    """A plain value, an array, a collection or a Keras object as text; of anything else only its type."""
    if isinstance(value, (int, float, complex, str, bytes, bool, type(None))):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(map(_value, value)))}}}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_value(key)}: {_value(part)}' for key, part in value.items())}}}"
    if hasattr(value, "numpy") and not hasattr(value, "assign"):  # a tensor, which is no variable
        value = value.numpy()
    if isinstance(value, (np.ndarray, np.generic)):
        return digest(repr(value.shape), str(value.dtype), value.tobytes())
    if hasattr(value, "get_config") and not hasattr(value, "weights"):
        return f"{type(value).__name__} {settings(value.get_config())}"
    return type(value).__name__


def settings(config: object) -> object:
    """A Keras configuration without names, which count up from one network to the next, in a fixed order."""
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            return config["config"]["name"]  # "mixed_float16", say, which is no mere name
        return {key: settings(config[key]) for key in sorted(config, key=str) if key != "name"}
    if isinstance(config, (list, tuple)):
        return [settings(part) for part in config]
    return config if isinstance(config, (int, float, str, bool, type(None))) else str(config)


def picture_digest(batches: Iterator[np.ndarray]) -> str:
    """The digest of pictures, whatever their order and batches: (n, ...) arrays."""
    total = 0
    for pictures in batches:
        for picture in np.asarray(pictures):
            total += int.from_bytes(hashlib.blake2b(picture.tobytes(), digest_size=12).digest(), "little")
    return digest(str(total))
