"""One recommendation on one screen of a terminal: at most 40 lines at 100 columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.text import Text

from advisor.decision.operators import ExistingOperator, SplitTask
from advisor.decision.report import JobReport
from advisor.knowledge.model import Knowledge
from advisor.render.needs_table import needs_table
from advisor.render.operators import (
    ABOUT_WAITING,
    SCAFFOLDED,
    Line,
    code_lines,
    core_fact,
    later_lines,
    operator_advice,
    operator_lines,
    unused_lines,
)
from advisor.render.page import FULL_WIDTH, Page, shorten
from advisor.render.wording import (
    assumed_text,
    change_outcome,
    expectation,
    more,
    other_warnings,
    verdict,
    version_of,
)

LINES = 40
WATCH_OUT = "Watch out"
TOP_WARNINGS = 3
TOP_FACTS = 1
TOP_CHANGES = 3
MIN_NAME = 8
INDENT = "  "

Lines = list[Text]


def print_screen(page: Page, report: JobReport, knowledge: Knowledge) -> None:
    """Add one recommendation to a page."""
    before, after = (_verdict, _use), (_cost, _alternatives, _watch_out)
    first = [_lines(page, each, report, knowledge) for each in before]
    second = [_lines(page, each, report, knowledge) for each in after]
    last = _lines(page, _next, report, knowledge)
    blocks = [each for each in (*first, *second, last) if each]
    # The blocks, the empty lines between them, and the two blocks that can be shortened.
    free = LINES - sum(map(len, blocks)) - len(blocks) - 1
    rows = len(report.recommendation.needs)
    needs = needs_table(page, report, rows)
    changes = _changes(page, report, free - len(needs))
    while len(needs) + len(changes) > free and page.console.width >= FULL_WIDTH and rows > 1:
        rows -= 1
        needs = needs_table(page, report, rows)
    for block in (*first, needs, *second, changes, last):
        if page.lines and block:
            page.line()
        page.lines += block


def _lines(
    page: Page,
    write: Callable[[Page, JobReport, Knowledge], None],
    report: JobReport,
    knowledge: Knowledge,
) -> Lines:
    block = page.block()
    write(block, report, knowledge)
    return block.lines


def _paragraph(page: Page, text: Text, lines: int, indent: int = len(INDENT)) -> None:
    """Add indented text, cut off after some lines at full width."""
    block = page.block()
    block.item(text, mark="", indent=indent - 1)
    if page.console.width >= FULL_WIDTH and len(block.lines) > lines:
        # Too long on purpose, so that shorten() ends the last line with dots.
        block.lines[lines - 1].append(" " * page.console.width)
        shorten(block.lines[lines - 1], page.console.width)
        del block.lines[lines:]
    page.lines += block.lines


def _verdict(page: Page, report: JobReport, knowledge: Knowledge) -> None:
    answers = report.answers
    style = "bold green" if report.recommendation.pattern else "bold yellow"
    rest = f"{verdict(report, knowledge)} (Airflow {version_of(report, knowledge)})"
    expected = expectation(report)
    name = Text(answers.name, "bold")
    if page.console.width >= FULL_WIDTH:
        shorten(name, max(page.console.width - len(f": {rest}, {expected}"), MIN_NAME))
    page.line(name, ": ", (rest, style))
    if expected:
        page.lines[-1].append(f", {expected}", "bold red" if report.met is False else "")
    if advice := operator_advice(report):
        _paragraph(page, Text(advice), 3)
    if assumed := assumed_text(answers, without=report.recommendation.without_effect):
        text = f"Assumed {assumed}; change with --set ID=VALUE."
        _paragraph(page, Text(text, "dim"), 2)


def _use(page: Page, report: JobReport, _: Knowledge) -> None:
    operator, substitute = report.operator, report.substitute
    if operator:
        others = len({each.name for each in report.existing} - {operator.name})
        page.title("Use this", f"{more(others)}; --details" if others else "")
        _operator(page, operator)
    elif substitute:
        page.title(f"Use this: {substitute.title}")
        if report.split and report.choice.in_two_tasks:
            _two_tasks(page, report.split)
        _paragraph(page, page.linked(substitute.text, substitute.sources), 4)
    elif report.existing or report.later:
        protection = SCAFFOLDED[report.choice.retry_duplicates]
        page.title(f"Use this: an operator of your own, {protection}")
    if operator is None and report.existing:
        _facts(page, unused_lines(report.existing[0], report.use))
    _facts(page, later_lines(report))


def _operator(page: Page, operator: ExistingOperator) -> None:
    page.code(f"{operator.operator.package}{operator.provider}")
    _code(page, operator.line, (*operator.mode.arguments, *operator.raised))
    _facts(page, operator_lines(operator))


def _two_tasks(page: Page, split: SplitTask) -> None:
    page.code(f"{split.operator.package}{split.sensor.provider}")
    _code(page, split.submit, split.arguments)
    _code(page, split.sensor.line, (*split.sensor.mode.arguments, *split.sensor.raised))
    _facts(page, (each for each in operator_lines(split.sensor) if each[0] in ABOUT_WAITING))


def _facts(page: Page, lines: Iterable[Line]) -> None:
    for label, text, sources in lines:
        _labelled(page, label, page.linked(text, sources, "dim"), 2, indent=4)


def _code(page: Page, line: str, essential: Iterable[str]) -> None:
    width = max(page.console.width, FULL_WIDTH) - 2 * len(INDENT)
    for each in code_lines(line, essential, width):
        page.code(each)


def _cost(page: Page, report: JobReport, _: Knowledge) -> None:
    if report.cost:
        text = page.linked(report.cost.text, report.cost.sources)
        _labelled(page, "Cost", text, 2)


def _labelled(page: Page, label: str, text: Text, lines: int, indent: int = 0) -> None:
    """Add text after a label, with a hanging indent."""
    block = page.block()
    labelled = Text.assemble((f"{label}: ", "bold"), text)
    _paragraph(block, labelled, lines, indent=indent + len(INDENT))
    if block.lines:
        block.lines[0] = block.lines[0][len(INDENT) :]
    page.lines += block.lines


def _alternatives(page: Page, report: JobReport, _: Knowledge) -> None:
    for each in report.other_alternatives:
        text = page.linked(f"{each.title} ({each.summary})", each.sources)
        _labelled(page, "Alternative", text, 1)


def _watch_out(page: Page, report: JobReport, _: Knowledge) -> None:
    top = report.act_on[: TOP_WARNINGS - min(len(report.core_facts), TOP_FACTS)]
    others = other_warnings(report, len(top))
    texts = [page.linked(f"{each.title}. {each.remedy}.", each.sources) for each in top]
    facts = [page.linked(core_fact(fact), fact.sources) for fact in report.core_facts[:TOP_FACTS]]
    # A warning about retries comes first, because the next attempt is what costs.
    texts[1:1] = facts
    lead = f"{WATCH_OUT}:"
    for text in texts:
        if page.console.width < FULL_WIDTH:
            _labelled(page, WATCH_OUT, text, 1)
        else:
            page.item(text, mark=lead, style="bold yellow", indent=0)
        lead = " " * len(lead)
    if others:
        _paragraph(page, Text(others, "dim"), 1)


def _changes(page: Page, report: JobReport, lines: int) -> Lines:
    """Return what would change the recommendation, in at most some lines at full width."""
    changes = report.recommendation.would_change
    for number in range(min(TOP_CHANGES, len(changes)), -1, -1):
        block = page.block()
        hidden = len(changes) - number
        block.title("What would change this", f"{more(hidden)}; --details" if hidden else "")
        if not changes:
            block.item("No single other answer would.")
        for each in changes[:number]:
            block.item(f"If {each.text}: {change_outcome(each)}", mark="~", style="cyan")
        if len(block.lines) <= min(lines, TOP_CHANGES + 1) or page.console.width < FULL_WIDTH:
            break
    return block.lines


def _next(page: Page, report: JobReport, _: Knowledge) -> None:
    page.title("Next")
    for command in report.next:
        page.code(command)
