"""The import table: stages know only what comes before them, and each vendor's client is imported in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STAGES = ("listeners", "nlp", "warehouse", "flows")
MAY_IMPORT = {
    "listeners": {"listeners"},
    "nlp": {"nlp"},
    "warehouse": {"warehouse", "listeners.events", "nlp.tags"},
    "flows": {"flows", "listeners", "nlp", "warehouse"},
}
VENDORS = {
    "kafka": ("listeners/stream.py", "listeners/broker"),
    "duckdb": ("warehouse/",),
    "prefect": ("flows/",),
    "tweepy": ("listeners/x.py",),
    "spacy": ("nlp/",),
    "streamlit": ("warehouse/dashboard/",),
}


def modules() -> list[Path]:
    return [path for stage in STAGES for path in sorted((ROOT / stage).rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_only_what_comes_before_it(stage: str) -> None:
    allowed = MAY_IMPORT[stage]
    for path in sorted((ROOT / stage).rglob("*.py")):
        ours = {name for name in imported(path) if name.split(".")[0] in STAGES}
        bad = {n for n in ours if not any(n == a or n.startswith(f"{a}.") or a.startswith(f"{n}.") for a in allowed)}
        assert not bad, f"{path.relative_to(ROOT)} imports {sorted(bad)}"


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendors_client_is_imported_in_its_own_place(vendor: str) -> None:
    users = {
        path.relative_to(ROOT).as_posix() for path in modules() if vendor in {n.split(".")[0] for n in imported(path)}
    }
    assert users
    assert not {user for user in users if not user.startswith(VENDORS[vendor])}


def test_packages_say_nothing_on_import() -> None:
    for stage in STAGES:
        assert not list(imported(ROOT / stage / "__init__.py"))


def test_every_public_function_and_class_says_what_it_gives() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in modules()
        for node in _public(ast.parse(path.read_text(encoding="utf-8")))
        if not ast.get_docstring(node)
    ]
    assert not silent


def _public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                inner = (part for part in node.body if isinstance(part, ast.FunctionDef))
                yield from (part for part in inner if not part.name.startswith("_"))


def test_sql_stands_in_sql_files() -> None:
    verbs = ("select ", "insert into ", "merge into ", "delete from ", "create table ", "update ")
    for path in (ROOT / "warehouse").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value.strip().lower()
                assert not (text.startswith(verbs) and " from " in text), f"{path.name}:{node.lineno}"
