"""Errors that a user can meet, with their exit codes."""

from dataclasses import dataclass

DONE = 0
ANSWER_IS_NO = 1
INPUT_IS_WRONG = 2
BUG = 70
INTERRUPTED = 130


@dataclass(frozen=True)
class Problem:
    """One problem with the input.

    `where` is `file:line:column`, `file` or the name of an option; `message` states in one sentence
    what was found and what is accepted; `hint` says how to fix it, or is "".
    """

    where: str
    message: str
    hint: str = ""

    def line(self) -> str:
        """Return the problem as one line of text."""
        line = f"{self.where}: {self.message}" if self.where else self.message
        return f"{line}; {self.hint}" if self.hint else line


class AdvisorError(Exception):
    """An error that is reported as one line per problem, without a traceback."""

    exit_code = INPUT_IS_WRONG

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(problem.line() for problem in problems))
        self.problems = problems


class InputError(AdvisorError):
    """The input is wrong: exit code 2."""

    @classmethod
    def of(cls, where: str, message: str, hint: str = "") -> "InputError":
        """Return an error with a single problem."""
        return cls([Problem(where, message, hint)])


class UnknownAirflow(InputError):
    """Airflow is not installed, or the drill cannot run with it: exit code 2.

    The errors below derive from it because crash tests that older versions of advisor generated
    skip on it. Generated crash tests now skip on UnsupportedPlatform and UnsupportedAirflow only.
    """


class UnsupportedPlatform(UnknownAirflow):
    """The drill needs os.fork, which this system does not have."""


class UnsupportedAirflow(UnknownAirflow):
    """The drill needs a task state store, which Airflow before 3.3 does not have."""


class ProbeFailed(UnknownAirflow):
    """The task SDK differs from what the drill uses, or the drill finds the wrong faults on it."""


class ConflictError(AdvisorError):
    """Writing would overwrite a file that the user may want to keep: exit code 1."""

    exit_code = ANSWER_IS_NO


class OutputError(AdvisorError):
    """The result could not be written: exit code 1."""

    exit_code = ANSWER_IS_NO


class KnowledgeError(Exception):
    """The shipped knowledge contradicts itself, which is a bug in advisor: exit code 70."""
