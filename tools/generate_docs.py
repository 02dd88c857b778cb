"""Writes the generated files in docs/, or checks that they are current.

    .venv/bin/python tools/generate_docs.py            write the files
    .venv/bin/python tools/generate_docs.py --check    write nothing; exit 1 if a file is outdated

Needs a Python environment with the dependencies of advisor.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

# Import this checkout's advisor, not an installed one.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from advisor.knowledge.loader import load_knowledge
from advisor.render.catalog_document import catalog_schema
from advisor.render.drill_json import drill_schema
from advisor.render.recommendation_json import recommendation_schema
from advisor.render.scaffold import scaffold_schema
from advisor.render.schemas import Schema, answers_schema
from advisor.scaffold.manifest import load_manifest
from generating.decision_page import decision_page
from generating.markdown import NOTICE
from generating.mutants_page import mutants_page
from generating.pattern_pages import pattern_page
from generating.picture import picture
from generating.questions_page import questions_page
from generating.systems_page import systems_page
from generating.warnings_page import warnings_page

ROOT = Path(__file__).resolve().parent.parent

Files = Mapping[str, Callable[[], str]]
"""Each generated file, relative to the root, and the function that returns its text."""

FILES: Files = {
    "docs/how-it-decides.md": decision_page,
    "docs/questions.md": questions_page,
    "docs/warnings.md": warnings_page,
    "docs/mutants.md": mutants_page,
    "docs/systems/README.md": systems_page,
    "docs/schema/answers.schema.json": lambda: schema_text(answers_schema(load_knowledge())),
    "docs/schema/recommendation.schema.json": lambda: schema_text(
        recommendation_schema(load_knowledge())
    ),
    "docs/schema/scaffold.schema.json": lambda: schema_text(scaffold_schema()),
    "docs/schema/catalog.schema.json": lambda: schema_text(catalog_schema()),
    "docs/schema/drill.schema.json": lambda: schema_text(drill_schema()),
    "docs/images/recommend.svg": picture,
}
PAGES: Files = {
    f"docs/patterns/{each}.md": partial(pattern_page, each) for each in load_manifest().patterns
}
"""Pages that show generated files."""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    if list(arguments) == ["--check"]:
        return check(ROOT, {**FILES, **PAGES})
    if not arguments:
        return write(ROOT, {**FILES, **PAGES})
    print(str(__doc__).strip(), file=sys.stderr)
    return 0 if list(arguments) in (["-h"], ["--help"]) else 2


def schema_text(schema: Schema) -> str:
    """Return the text of a JSON Schema file, with a note that it is generated."""
    return json.dumps({"$comment": NOTICE, **schema}, indent=2, ensure_ascii=False) + "\n"


def check(root: Path, files: Files) -> int:
    """Print the outdated files; return 1 if there are any."""
    stale = [path for path, text_of in files.items() if not is_current(root / path, text_of())]
    for path in stale:
        print(f"{path} is not current; run python3 tools/generate_docs.py", file=sys.stderr)
    return 1 if stale else 0


def write(root: Path, files: Files) -> int:
    """Write the outdated files, and print a status for each file."""
    for path, text_of in files.items():
        text = text_of()
        current = is_current(root / path, text)
        if not current:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8", newline="\n")
        print(f"{'identical' if current else 'write':>9}  {path}")
    return 0


def is_current(file: Path, text: str) -> bool:
    """Return whether a file exists and has this text."""
    return file.is_file() and file.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
