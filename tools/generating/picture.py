"""Generates docs/images/recommend.svg: the terminal output for one of the examples."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from advisor.answers.batch import Reader
from advisor.answers.complete import complete_answers
from advisor.catalog.lookup import find_target
from advisor.decision.recommend import Advisor
from advisor.decision.report import make_report
from advisor.documents.read import read_document
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.versions import parse_version
from advisor.render.recommendation_terminal import print_report
from generating.markdown import NOTICE

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "nightly_spark.yaml"
WIDTH = 100
TITLE = "advisor recommend"

# Rich's format, without the font that it would fetch from another host.
SVG = f"""\
<!-- {NOTICE} -->
<svg viewBox="0 0 {{width}} {{height}}" xmlns="http://www.w3.org/2000/svg" role="img" \
aria-label="{TITLE}">
<style>
.{{unique_id}}-matrix {{{{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {{char_height}}px;
  line-height: {{line_height}}px;
}}}}
.{{unique_id}}-title {{{{
  font-family: system-ui, sans-serif;
  font-size: 18px;
  font-weight: bold;
}}}}
{{styles}}
</style>
<defs>
<clipPath id="{{unique_id}}-clip-terminal">
<rect x="0" y="0" width="{{terminal_width}}" height="{{terminal_height}}"/>
</clipPath>
{{lines}}
</defs>
{{chrome}}
<g transform="translate({{terminal_x}}, {{terminal_y}})" \
clip-path="url(#{{unique_id}}-clip-terminal)">
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g>
</g>
</svg>
"""


def picture() -> str:
    """Return the picture as SVG."""
    recorder = _console(StringIO(), record=True)
    for line in _screen():
        _record(recorder, line)
    return recorder.export_svg(title=TITLE, code_format=SVG, unique_id="advisor")


def _record(recorder: Console, line: Text) -> None:
    """Print a line, and its indent separately: some viewers drop the spaces before a text."""
    indent = len(line) - len(line.plain.lstrip())
    recorder.print(line[:indent], end="")
    recorder.print(line[indent:], soft_wrap=True)


def _screen() -> list[Text]:
    """Return the lines that a terminal shows."""
    knowledge = load_knowledge()
    draft = Reader(knowledge).read(read_document(str(EXAMPLE)), {}, refuse_missing=True).drafts[0]
    answers = complete_answers(draft, knowledge.questions)
    version = parse_version(answers.values["airflow_version"])
    target = find_target(answers.values["system"], version)
    report = make_report(Advisor(knowledge), answers, target)
    screen = StringIO()
    print_report(_console(screen), report, knowledge)
    return list(Text.from_ansi(screen.getvalue().rstrip()).split("\n"))


def _console(file: StringIO, *, record: bool = False) -> Console:
    """Return a terminal that does not depend on the environment."""
    return Console(
        file=file,
        width=WIDTH,
        record=record,
        force_terminal=True,
        color_system="standard",
        legacy_windows=False,
        highlight=False,
        emoji=False,
        markup=False,
        _environ={},
    )
