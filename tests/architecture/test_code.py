"""Code rules that no linter checks."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dev import CHECKS

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted((ROOT / "console").rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_module_says_on_one_line_what_it_is_for() -> None:
    for path in MODULES:
        text = ast.get_docstring(tree(path))
        assert text, path
        assert text.splitlines()[0].endswith("."), path


@pytest.mark.parametrize("folder", ["ports", "services"])
def test_public_classes_and_methods_say_what_they_give(folder: str) -> None:
    for path in sorted((ROOT / "console" / folder).rglob("*.py")):
        for node in ast.walk(tree(path)):
            public = isinstance(node, ast.ClassDef) and not node.name.startswith("_")
            if public:
                assert ast.get_docstring(node), f"{path}: {node.name}"
            if public and folder == "ports":
                for part in node.body:
                    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                        assert ast.get_docstring(part), f"{path}: {part.name}"


def test_nothing_starts_a_second_event_loop_inside_the_first() -> None:
    """A dialog run with `exec`, or events processed, inside a coroutine stops every other task for good."""
    for path in MODULES:
        if path.name == "app.py":
            continue  # it paints the window once, before a loop runs
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in {"exec", "exec_", "processEvents", "qWait"}, f"{path}:{node.lineno}"
            if isinstance(node, ast.Name):
                assert node.id not in {"asyncSlot", "asyncClose"}, f"{path}:{node.lineno}"


def test_nothing_that_loads_qt_is_imported_off_the_windows_thread() -> None:
    """PySide creates its types while Qt dispatches events on the other thread, and sometimes crashes."""
    found = []
    for path in MODULES:
        functions = {node.name: node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)}
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "asyncio.to_thread":
                done = ast.unparse(node.args[0])
                assert "import_module" not in done, path
                imports = (
                    [one for one in ast.walk(functions[done]) if isinstance(one, ast.Import)]
                    if done in functions
                    else []
                )
                found += [name.name for one in imports for name in one.names]
    assert found == ["console.session"]
    code = "import sys, console.session; print([name for name in sys.modules if name.startswith('PySide6')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_files_stay_small_enough_to_be_one_thing() -> None:
    for path in MODULES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path


def test_dev_py_needs_the_standard_library_alone() -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree(ROOT / "dev.py"))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names


PLANTED = {
    "format": ("console/models/planted.py", "x  =  1\n"),
    "lint": ("console/models/planted.py", "import os\n"),
    "imports": ("console/views/planted.py", "import console.ports.clock\n"),
    "types": ("console/models/planted.py", "x: int = 'one'\n"),
}


@pytest.mark.parametrize("check", PLANTED)
def test_every_check_of_the_test_command_fails_on_a_planted_fault(check: str, tmp_path: Path) -> None:
    skipped = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(ROOT / "console", tmp_path / "console", ignore=skipped)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    command = [sys.executable, *CHECKS[check]]
    if check == "types":  # one module shows whether mypy is strict; a full run takes long
        command.append("console/models/planted.py")
    place, text = PLANTED[check]
    (tmp_path / place).write_text(text, encoding="utf-8")

    def run() -> subprocess.CompletedProcess[str]:
        alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=alone)

    assert run().returncode != 0
    (tmp_path / place).write_text('"""Nothing is wrong here."""\n', encoding="utf-8")
    done = run()
    assert done.returncode == 0, done.stdout + done.stderr


def test_requirements_are_pinned_with_hashes_and_name_no_address() -> None:
    for path in (ROOT / "requirements").iterdir():
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert all("==" in line for line in pins)
        assert text.count("--hash=sha256:") >= len(pins)
        if path.name in {"runtime.txt", "dev.txt"}:
            assert "pyside6-essentials==6.11." in text, "6.12.0 drops references on Python 3.11"


def test_help_names_every_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "console", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "show" in done.stdout
    assert "sandbox" in done.stdout
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in (
        "python3 dev.py demo",
        "python3 dev.py test",
        "python3 dev.py bench",
        "opticom-console show",
        "opticom-console sandbox",
    ):
        assert command in readme


def test_every_folder_and_decision_is_in_the_documents() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "console").iterdir()):
        if not path.name.startswith("__"):
            assert f"`{path.name}" in text, path.name
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs" / "decisions").glob("0*.md"):
        assert path.name in index
