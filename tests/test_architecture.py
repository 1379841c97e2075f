"""Holds the code to the plan of the house: who may import whom, what happens at import, and how long things may be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

LIBRARIES = ("shop", "recsys", "vision", "replies")
ROOMS = (*LIBRARIES, "actions", "assistant", "ops")
MAY_IMPORT = {
    **{library: {library} for library in LIBRARIES},
    "actions": {"actions", *LIBRARIES},
    "assistant": {"assistant"},
    "ops": {"ops", "shop", "recsys", "vision", "replies"},
}
"""Which rooms the code of a room may import; tests may import all that their interpreter has."""

SERVICES_ONLY = {
    "rasa_sdk",
    "torch",
    "transformers",
    "sentence_transformers",
    "pydantic_settings",
    "moneyed",
    "alembic",
}
ASSISTANT_ONLY = {"rasa", "tensorflow", "sanic_cors", "sklearn_crfsuite"}
MADE_AT_IMPORT = {
    *("create_engine", "open_engine", "make_sessions", "sessionmaker", "InferenceSession", "SentenceTransformer"),
    *("SentenceTransformerEmbedder", "ProductSearch", "Client", "AsyncClient", "urlopen", "open", "connect"),
    *("read_text", "read_bytes", "mkdir", "basicConfig", "getenv", "from_pretrained", "load_passages", "Settings"),
}
"""Calls that open, load, connect or write: none may stand where importing a module runs it."""

MAX_FILE_LINES, MAX_FUNCTION_LINES = 400, 60
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|HA" + r"CK)\b")


def files_of(*rooms: str) -> list[Path]:
    return sorted(
        file for room in rooms for file in Path(room).rglob("*.py") if not {"versions", "__pycache__"} & {*file.parts}
    )


CODE = files_of(*ROOMS)
TESTS = files_of("tests")


@lru_cache
def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def imports_of(file: Path) -> set[str]:
    """Give the modules that a file imports, those inside functions too."""
    found: set[str] = set()
    for node in ast.walk(parse(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: write imports from the root, so that arrows can be read"
            found.add(node.module or "")
    return found


def packages_of(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imports_of(file)}


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Give what runs when a module is imported: all but the bodies of functions and the `__main__` part."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            evaluated = (*child.decorator_list, *child.args.defaults, *filter(None, child.args.kw_defaults))
            yield from (part for expression in evaluated for part in ast.walk(expression))
        elif isinstance(child, ast.Lambda) or (isinstance(child, ast.If) and "__name__" in ast.unparse(child.test)):
            continue
        else:
            yield child
            yield from at_import(child)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def functions_of(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(parse(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def calls(file: Path, names: set[str], nodes: Iterator[ast.AST]) -> list[str]:
    return [
        f"{file}:{node.lineno}: {called(node)}"
        for node in nodes
        if isinstance(node, ast.Call) and called(node) in names
    ]


def test_there_is_code_to_look_at() -> None:
    assert len(CODE) > 20
    assert {file.parts[0] for file in CODE} >= {"shop", "actions", "assistant", "ops"}


def test_a_room_imports_only_the_rooms_below_it() -> None:
    rooms = {*ROOMS, "tests"}
    wrong = {str(file): (packages_of(file) & rooms) - MAY_IMPORT[file.parts[0]] for file in CODE}
    assert not {file: arrows for file, arrows in wrong.items() if arrows}


def test_a_folder_belongs_to_one_interpreter() -> None:
    wrong = {}
    for file in (*CODE, *TESTS):
        in_rasa = file.parts[0] == "assistant" or file.parts[:2] == ("tests", "assistant")
        wrong[str(file)] = packages_of(file) & (SERVICES_ONLY if in_rasa else ASSISTANT_ONLY)
    assert not {file: packages for file, packages in wrong.items() if packages}


def test_a_library_never_reads_the_environment() -> None:
    names = ("environ", "getenv")
    wrong = [
        f"{file}: {ast.unparse(node)}"
        for file in files_of(*LIBRARIES)
        for node in ast.walk(parse(file))
        if (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.alias) and node.name in names)
    ]
    assert not wrong, "only actions/settings.py and entry points read the environment"


def test_only_the_bootstrap_builds_services_from_settings() -> None:
    services = {"open_engine", "make_sessions", "SentenceTransformerEmbedder", "ProductSearch", "PolicyIndex"}
    files = [file for file in files_of("actions") if file.name != "bootstrap.py"]
    assert not [call for file in files for call in calls(file, services, ast.walk(parse(file)))]


def test_what_runs_at_import_is_told_from_what_does_not() -> None:
    code = """
A = connect(1)
def f(a=connect(2)): return connect(3)
class C:
    b = connect(4)
    def g(self): connect(5)
if __name__ == "__main__": connect(6)
if A: connect(7)
"""
    found = calls(Path("x.py"), {"connect"}, at_import(ast.parse(code)))
    assert found == ["x.py:2: connect", "x.py:3: connect", "x.py:5: connect", "x.py:8: connect"]


def test_nothing_happens_at_import() -> None:
    assert not [call for file in CODE for call in calls(file, MADE_AT_IMPORT, at_import(parse(file)))]


def test_files_are_small() -> None:
    lengths = {str(file): len(file.read_text(encoding="utf-8").splitlines()) for file in CODE}
    assert not {file: length for file, length in lengths.items() if length > MAX_FILE_LINES}


def test_functions_are_small() -> None:
    lengths = {
        f"{file}:{function.lineno}: {function.name}": (function.end_lineno or function.lineno) - function.lineno + 1
        for file in CODE
        for function in functions_of(file)
    }
    assert not {function: length for function, length in lengths.items() if length > MAX_FUNCTION_LINES}


def test_nothing_is_left_for_later() -> None:
    assert not [str(file) for file in (*CODE, *TESTS) if UNFINISHED.search(file.read_text(encoding="utf-8"))]


def test_no_error_is_swallowed() -> None:
    silent = [
        f"{file}:{node.lineno}"
        for file in (*CODE, *TESTS)
        for node in ast.walk(parse(file))
        if isinstance(node, ast.ExceptHandler) and all(isinstance(part, ast.Pass) for part in node.body)
    ]
    assert not silent, "use contextlib.suppress and say why"


def test_a_module_is_named_for_what_it_holds() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    assert not [str(file) for file in CODE if vague & {*file.with_suffix("").parts}]
