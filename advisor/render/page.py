"""A page for a terminal, with headings, indented items, code and numbered sources."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from advisor.knowledge.model import Source
from advisor.render.wording import describe_source

INDENT = 2
NARROW = 40
FULL_WIDTH = 100
"""The width from which limits on lines hold. Narrower screens wrap lines instead."""
DOTS = "..."


class Citations:
    """The sources of one text, numbered in the order in which they are first cited."""

    def __init__(self) -> None:
        self.sources: dict[Source, int] = {}

    def cite(self, sources: Iterable[Source]) -> str:
        """Return `[1][4]` for sources."""
        numbers = sorted({self.sources.setdefault(each, len(self.sources) + 1) for each in sources})
        return "".join(f"[{number}]" for number in numbers)


class Page:
    """Collects lines, wraps them to the width of a console, and prints them at the end."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.narrow = console.width < NARROW
        self.citations = Citations()
        # Rich leaves links in if NO_COLOR is set.
        self.links = bool(console.is_terminal and console.color_system and not console.no_color)
        utf8 = console.is_terminal and console.encoding.lower().startswith("utf")
        self.marks = {True: "✓", False: "✗"} if utf8 else {True: "[ok]", False: "[no]"}
        self.lines: list[Text] = []

    def line(self, *parts: str | Text | tuple[str, str]) -> None:
        """Add a line of texts, each with an optional style. The terminal may wrap it."""
        self.lines.append(Text.assemble(*parts))

    def block(self) -> Page:
        """Return an empty page for the same console, which shares the citations."""
        block = Page(self.console)
        block.citations = self.citations
        return block

    def title(self, text: str, aside: str = "") -> None:
        """Add the title of a block, and a dimmed aside in parentheses."""
        self.line((text, "bold"), (f" ({aside})" if aside else "", "dim"))

    def heading(self, text: str) -> None:
        """Add the title of a section, after an empty line."""
        self.line()
        self.line((text, "bold"))

    def linked(self, text: str, sources: Iterable[Source], style: str = "") -> Text:
        """Return styled text that links to its source, if the terminal shows links."""
        urls = [source.url for source in sources if source.url]
        return Text(text, f"{style} link {urls[0]}" if self.links and urls else style)

    def item(
        self, text: str | Text, *, mark: str = " ", style: str = "", indent: int = INDENT
    ) -> None:
        """Add a text after a styled mark, with a hanging indent."""
        self._wrapped(text if isinstance(text, Text) else Text(text), mark, style, indent)

    def detail(self, text: str, sources: Iterable[Source] = ()) -> None:
        """Add details to the item above: dimmed, and with citations."""
        self._wrapped(Text(f"{text} {self.citations.cite(sources)}".strip(), "dim"))

    def _wrapped(self, text: Text, mark: str = " ", style: str = "", indent: int = INDENT) -> None:
        lead = " " * (0 if self.narrow else indent) + mark + " "
        width = max(self.console.width - len(lead), 8)
        for line in text.wrap(self.console, width):
            line.rstrip()
            self.line((lead, style), line)
            lead = " " * len(lead)

    def code(self, text: str) -> None:
        """Add a line that users can copy; it is never wrapped."""
        lead = "" if self.narrow else " " * (INDENT + 2)
        self.line(lead, (text, "cyan"))

    def table(self, table: Table) -> None:
        """Add a table, without trailing spaces in its last column."""
        with self.console.capture() as capture:
            self.console.print(table)
        for line in capture.get().splitlines():
            self.lines.append(Text.from_ansi(line.rstrip()))

    def sources(self) -> None:
        """Add the list of cited sources, by number."""
        if self.citations.sources:
            self.heading("Sources")
        for source, number in self.citations.sources.items():
            self.item(describe_source(source), mark=f"[{number}]", style="dim")
            if source.url:
                self.code(source.url)

    def print(self) -> None:
        """Print every line."""
        self.console.print(Text("\n").join(self.lines), soft_wrap=True)
        self.lines.clear()


def shorten(text: Text, width: int) -> None:
    """Cut off what does not fit a width, and end it with three dots instead."""
    if text.cell_len > width:
        text.truncate(width - len(DOTS))
        text.append(DOTS)
