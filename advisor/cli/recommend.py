"""`advisor recommend`: answers from prompts, files and flags; recommendations in every format."""

from __future__ import annotations

import sys
from typing import Annotated, Optional

import typer

from advisor.answers.batch import Batch, Reader
from advisor.answers.complete import Completer
from advisor.cli.output import Format, make_console, write
from advisor.decision.case import Case, make_case
from advisor.decision.recommend import Advisor
from advisor.documents.read import read_document
from advisor.errors import ANSWER_IS_NO, DONE
from advisor.knowledge.load import load_knowledge


def recommend(
    answers: Annotated[
        Optional[str], typer.Option("--answers", "-a", metavar="FILE", help="What you say: a YAML or JSON file, - for standard input.")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to show the result.")] = Format.terminal,
) -> int:
    """Recommend a pattern for a task, with cited reasons."""
    knowledge = load_knowledge()
    document = read_document(answers) if answers else None
    batch = Reader(knowledge).read(document, {}, complete=True)
    advisor = Advisor(knowledge)
    completer = Completer(knowledge)
    cases = [make_case(advisor, completer.complete(draft)) for draft in batch.drafts]
    if format_ is Format.json:
        from advisor.view.as_json import json_document
        write(json_document(cases, "3.3", many=batch.many))
    else:
        from advisor.view.terminal import print_case
        console = make_console()
        for case in cases: print_case(console, case, knowledge)
    return ANSWER_IS_NO if any(c.says_no for c in cases) else DONE
