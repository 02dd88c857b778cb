"""Phrases that several formats share: of a recommendation, its facts, and its sources."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping

from advisor.answers.model import DEFAULT, Answers
from advisor.answers.parse import newer_than_known
from advisor.decision.changes import Change
from advisor.decision.recommend import Reason, Recommendation
from advisor.decision.report import JobReport
from advisor.knowledge.model import NO_PATTERN, Knowledge, Source

# An underscore inside a word means nothing to Markdown.
MARKUP = re.compile(r"([\\`*{}\[\]<>#|~&]|(?<!\w)_|_(?!\w))")


LOSSES = {"required": "ruled out", "preferred": "a worse fit", "order": "equally suitable"}
"""What a pattern that is not recommended is, by the strength of the reason."""


SENSORS = {
    "deferrable": "a deferrable sensor",
    "reschedule": "a sensor in reschedule mode",
    "poke": "a sensor in poke mode",
}
"""The verdict on an event, by the mode of the sensor."""


def verdict(report: JobReport, knowledge: Knowledge) -> str:
    """Return the recommendation in a few words, the headline first if there is one."""
    recommendation = report.recommendation
    if recommendation.headline:
        best = f" (best pattern: {recommendation.pattern})" if recommendation.pattern else ""
        return f"{recommendation.headline.title} is enough{best}"
    if recommendation.pattern:
        return title_of(knowledge, recommendation.pattern, recommendation.variant).lower()
    if report.operator and report.operator.operator.kind == "sensor":
        return SENSORS[report.operator.pattern]
    return "none of the three patterns fits"


def title_of(knowledge: Knowledge, pattern: str, variant: str | None) -> str:
    """Return the title of a pattern, or of its variant."""
    entry = knowledge.patterns[pattern]
    titles = {each.id: each.title for each in entry.variants}
    return titles[variant] if variant else entry.title


def outcome(pattern: str | None, variant: str | None, headline: str | None) -> str:
    """Return an outcome in a few words: `resumable (checkpoint)`, `a plain operator`, `none`."""
    words = pattern or "none"
    if variant:
        words += f" ({variant})"
    if headline:
        best = f"best pattern: {words}" if pattern else "no pattern fits"
        return f"a {headline.replace('-', ' ')} ({best})"
    return words


def change_outcome(change: Change) -> str:
    """Return what is recommended after a change."""
    words = outcome(change.pattern, change.variant, change.headline)
    if change.headline:
        return words.replace(" (", " is enough (", 1)
    return "no pattern fits" if words == NO_PATTERN else words


def recommended_outcome(recommendation: Recommendation) -> str:
    """Return the outcome of a recommendation in a word or two."""
    return outcome(
        recommendation.pattern,
        recommendation.variant,
        recommendation.headline.id if recommendation.headline else None,
    )


def facts_text(reason: Reason) -> str:
    """Return the facts of a reason: `Requires Triggerer - resumable: "No"; deferrable: "Yes"`.

    Words of Airflow's own table are in quotation marks, ours are not.
    """
    patterns: dict[str, list[str]] = {}
    for fact in reason.facts:
        words = f'"{plain(fact.words)}"' if fact.verbatim else plain(fact.words)
        patterns.setdefault(words, []).append(fact.pattern)
    text = "; ".join(f"{' and '.join(names)}: {words}" for words, names in patterns.items())
    return f"{reason.characteristic} - {text}" if reason.characteristic else text


def given_text(answers: Answers) -> str:
    """Return the answers that were given, in a line."""
    return answers_text({k: v for k, v in answers.values.items() if k not in answers.assumed})


def assumed_text(answers: Answers, without: Container[str] = ()) -> str:
    """Return the answers that were assumed, in a line, except those to some questions.

    Answers of one origin are next to each other: `work=job, async_client=yes (AWS Glue)`.
    """
    by_origin: dict[str, dict[str, str]] = {}
    for question, why in sorted(answers.assumed.items(), key=lambda item: item[1] != DEFAULT):
        if question not in without:
            by_origin.setdefault(why, {})[question] = answers.values[question]
    return ", ".join(
        answers_text(values) + ("" if why == DEFAULT else f" ({why})")
        for why, values in by_origin.items()
    )


def answers_text(values: Mapping[str, str]) -> str:
    """Return `triggerer=no, duration=3h`."""
    return ", ".join(f"{question}={text}" for question, text in values.items())


def version_of(report: JobReport, knowledge: Knowledge) -> str:
    """Return the version of Airflow that a report is for, such as `3.9, treated as 3.4`."""
    version = report.answers.values["airflow_version"]
    newest = newer_than_known(knowledge.questions["airflow_version"], version)
    return f"{version}, treated as {newest}" if newest else version


def expectation(report: JobReport) -> str:
    """Return whether the recommendation is the expected one, "" if none was expected."""
    if report.met is None:
        return ""
    expected = expected_words(report.answers)
    return "as expected" if report.met else f"but {expected} was expected"


def expected_words(answers: Answers) -> str:
    """Return what an answers file expects: `resumable`, `a safe retry` or both."""
    safe = {"yes": "no duplicate ever", "window": "a safe retry"}.get(answers.safe or "", "")
    return " with ".join(each for each in (answers.expect, safe) if each)


def other_warnings_title(report: JobReport) -> str:
    """Return the heading of the warnings that are not to act on."""
    if report.recommendation.headline:
        return f"Warnings that apply only if you use {report.recommendation.pattern}"
    if report.use == "operator":
        return "Warnings that apply only if you write the operator"
    if report.use == "alternative":
        return "Warnings that apply only if you write an operator"
    return "Warnings that the scaffold handles"


def more(count: int) -> str:
    """Return `2 more`."""
    return f"{count} more"


def other_warnings(report: JobReport, shown: int) -> str:
    """Return a line that counts the warnings that are not shown, "" if all are.

    `shown` is the number of shown warnings of those that the reader must act on.
    """
    warnings = report.warnings
    others = len(warnings) - len(report.act_on)
    handled = [each for each in warnings if each.scaffold_handles and each not in report.act_on]
    parts = []
    if len(report.act_on) > shown:
        parts.append(f"{more(len(report.act_on) - shown)} to act on")
    if others and report.recommendation.headline:
        counted = "1 warning applies" if others == 1 else f"{others} warnings apply"
        parts.append(f"{counted} only if you use {report.recommendation.pattern}")
    elif others and report.use != "scaffold":
        by_scaffold = f" (the scaffold handles {len(handled)})" if report.scaffolds else ""
        verb = "applies" if others == 1 else "apply"
        article = "the" if report.operator else "an"
        parts.append(f"{others} {verb} only if you write {article} operator{by_scaffold}")
    elif others:
        parts.append(f"the scaffold handles {others}{' more' if shown else ''}")
    counted = ", ".join(parts)
    return f"{counted[0].upper()}{counted[1:]}; --details" if counted else ""


def plain(words: str) -> str:
    """Return words of the documentation without the marks of their markup."""
    return words.replace("``", "")


def totals(reports: Iterable[JobReport]) -> str:
    """Return `4 jobs: 2 deferrable, 1 resumable, 1 none; 3 of 4 expectations met`."""
    patterns: Counter[str] = Counter()
    met: Counter[bool] = Counter()
    for report in reports:
        patterns[report.recommendation.pattern or NO_PATTERN] += 1
        if report.met is not None:
            met[report.met] += 1
    jobs = sum(patterns.values())
    counts = ", ".join(f"{count} {pattern}" for pattern, count in patterns.most_common())
    line = f"{jobs} {'job' if jobs == 1 else 'jobs'}: {counts}"
    if met:
        line += f"; {met[True]} of {sum(met.values())} expectations met"
    return line


def describe_source(source: Source) -> str:
    """Return a source in words, without its address."""
    version = f", {source.version}" if source.version else ""
    if source.kind == "measured":
        # Reading source code does not count as a measurement.
        is_read = source.text.startswith("read in ")
        return f"{'' if is_read else 'measured: '}{source.text}{version}"
    if source.kind == "judgement":
        return f"our judgement: {source.text}"
    if source.kind == "policy":
        return f"the policy {source.text}"
    return f"{source.text}{version}"


def links(sources: Iterable[Source]) -> str:
    """Return sources as Markdown links, in parentheses; those without an address as words."""
    cited = [
        f"[{escape(describe_source(each))}]({each.url})"
        if each.url
        else escape(describe_source(each))
        for each in sources
    ]
    return f"({'; '.join(cited)})" if cited else ""


def escape(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return MARKUP.sub(r"\\\1", text)
