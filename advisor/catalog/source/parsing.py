"""Parse Python source that can be broken, huge or in any encoding."""

from __future__ import annotations

import ast
import warnings

from advisor.catalog.source.trees import MAX_SIZE


class UnreadableSource(Exception):
    """A file that cannot be parsed; the message is the reason."""


def parse_source(source: bytes) -> ast.Module:
    """Parse a file or raise UnreadableSource."""
    if len(source) > MAX_SIZE:
        raise UnreadableSource(f"larger than {MAX_SIZE // 1_000_000} MB")
    try:
        with warnings.catch_warnings():
            # Other people's invalid escape sequences are not for our users.
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        # Without a line, it is a null byte.
        where = f" in line {error.lineno}" if error.lineno else ""
        raise UnreadableSource(f"invalid syntax{where}: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise UnreadableSource("nested too deeply") from None
    # ValueError: NUL bytes, or an encoding that Python does not know.
    except (ValueError, LookupError) as error:
        raise UnreadableSource(str(error)) from None
