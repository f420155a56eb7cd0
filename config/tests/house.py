"""The rules of the house as functions: each takes a source text or file and returns its offences in words."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median, quantiles

from django.conf import settings

ROOT: Path = settings.BASE_DIR
# Left is used by right, never the other way.
ORDER = [
    "lib",
    "organizations",
    "documents",
    "notifications",
    "campaigns",
    "hazards",
    "checklists",
    "inspections",
    "reports",
]
FORBIDDEN_ROOMS = {"services", "selectors", "utils", "helpers", "signals", "managers"}
SIGNALS = {"django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals"}
LONGEST = {"function": 50, "view": 20, "file": 400, "template": 120, "script": 150}
FUNCTION_MEDIAN, FUNCTION_P90 = 8, 25

# What the browser tests of every app play the portal with.
BROWSER = "config.tests.browser"

Function = ast.FunctionDef | ast.AsyncFunctionDef


# The files


def python_files(*, tests: bool = True) -> list[Path]:
    """Ours, without migrations; `tests=False` leaves out the tests too."""
    folders = [*ORDER, "config", "bin", "benchmarks"]
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]
    return sorted(path for path in [*found, ROOT / "conftest.py", ROOT / "manage.py"] if tests or not is_test(path))


def is_test(path: Path) -> bool:
    return "tests" in path.parts or path.name == "conftest.py"


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def scripts() -> list[Path]:
    return sorted((ROOT / "static").rglob("*.js"))


def offences(paths: Iterable[Path], rule: Callable[[Path, str], list[str]]) -> dict[str, list[str]]:
    """What the rule says of each file, where it says anything."""
    said = {shown(path): rule(path, path.read_text(encoding="utf-8")) for path in paths}
    return {path: words for path, words in said.items() if words}


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


# Who may import whom


def wrong_imports(app: str, source: str) -> list[str]:
    """Imports, anywhere in the text, of an app further right, or of config, which sees all and is seen by none."""
    forbidden = {*ORDER[ORDER.index(app) + 1 :], "config"}
    found = sorted(
        (line, name) for line, name in imports(source) if name.split(".")[0] in forbidden and name != BROWSER
    )
    return [f"line {line}: {app} imports {name}" for line, name in found]


def imports(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, node.module or ""


# What code may not do


def forbidden_code(source: str) -> list[str]:
    """Signal receivers and overridden save(): effects that nobody who reads an action can see."""
    found = [f"line {line}: imports {name}" for line, name in imports(source) if name in SIGNALS]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            found += [f"line {item.lineno}: {node.name}.save is overridden" for item in node.body if is_save(item)]
        if isinstance(node, Function) and any("receiver" in ast.unparse(each) for each in node.decorator_list):
            found.append(f"line {node.lineno}: {node.name} receives signals")
    return found


# What a page shows at this very moment: on a slow machine it may still be on its way. `expect(…)` waits for it.
AT_ONCE = {"is_visible", "is_hidden", "is_checked", "is_enabled", "is_disabled", "input_value"}


def read_at_once(source: str) -> list[str]:
    """Asserts of browser tests on what a locator reads without waiting."""
    asserts = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]
    calls = [node.func for one in asserts for node in ast.walk(one) if isinstance(node, ast.Call)]
    read = [call for call in calls if isinstance(call, ast.Attribute) and call.attr in AT_ONCE]
    return [f"line {call.lineno}: asserts {call.attr}() at once" for call in read]


def is_save(node: ast.AST) -> bool:
    return isinstance(node, Function) and node.name == "save"


# How long things are


def functions(source: str) -> list[Function]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, Function)]


def length(function: Function) -> int:
    """From `def` to the last line, without decorators and without the docstring: explaining is not what we ration."""
    first = function.body[0]
    documented = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    explained = first.end_lineno - first.lineno + 1 if documented else 0
    return function.end_lineno - function.lineno + 1 - explained


def long_functions(source: str, longest: int) -> list[str]:
    measured = [(function, length(function)) for function in functions(source)]
    return [f"line {each.lineno}: {each.name} has {count} lines" for each, count in measured if count > longest]


def spread(lengths: list[int]) -> tuple[float, float]:
    """Median and 90th percentile."""
    return median(lengths), quantiles(lengths, n=10)[-1]


# Templates

INLINE = [
    (r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", "an inline script"),
    (r"<style\b", "an inline style sheet"),
    (r"<[^>{%]*\sstyle\s*=", "an inline style"),
    (r"<[^>{%]*\son[a-z]+\s*=", "an inline handler"),
    (r"javascript:", "a javascript: address"),
    (r"\bhx-(on|vals\s*=\s*[\"']js)", "a script in an htmx attribute"),
    (r"https?://(?!www\.w3\.org/)[^\s\"'{]+\.(js|css|woff2?)", "a file from another host"),
]


def inline_code(source: str) -> list[str]:
    """What the content security policy would refuse."""
    return [
        f"line {source[: match.start()].count(chr(10)) + 1}: {what}"
        for pattern, what in INLINE
        for match in re.finditer(pattern, source, re.IGNORECASE)
    ]


def named_templates(source: str) -> set[str]:
    """Every template that the text names: "app/page.html", or "app/page.html#part"."""
    return {match.split("#")[0] for match in re.findall(r"[\"']([\w./-]+\.(?:html|txt)(?:#[\w-]+)?)[\"']", source)}
