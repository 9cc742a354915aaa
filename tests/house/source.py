"""The project's own files, as the tests of the house read them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def files():
    """Return every file that is kept, or would be: what git ignores is not ours."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def texts():
    """Return the text of every file that is text, by its name."""
    found = {}
    for path in files():
        content = path.read_bytes()
        if b"\0" not in content:
            found[name_of(path)] = content.decode("utf-8")
    return found


def name_of(path):
    """Return a file's name from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def python_files(*folders):
    """Return the Python files under some folders; under all, when none is named."""
    return [
        path
        for path in files()
        if path.suffix == ".py" and (not folders or name_of(path).startswith(folders))
    ]


@cache
def tree_of(path):
    """Return what a Python file says."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def module_of(path):
    """Return the import path of a Python file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules():
    """Return the import path of every Python file."""
    return {module_of(path) for path in python_files()}


@cache
def imports_of(path):
    """Return every module that a Python file imports, wherever in the file it does so."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports name their module in full"
            # `from package import module` imports the module, not the package's docstring.
            wholes = {f"{node.module}.{alias.name}" for alias in node.names} & modules()
            found.update(wholes or {node.module})
    return found


def functions_of(path):
    """Return every function and method of a Python file."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, kinds)]
