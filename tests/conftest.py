"""Settings for all tests."""

import signal

from hypothesis import settings

# No deadline, because a busy machine is slow.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")

# These tests run inside a generated package.
collect_ignore = ["scaffold/extra"]

# Undo the SIGINT handling of a shell that runs pytest in the background, as children inherit it.
signal.signal(signal.SIGINT, signal.default_int_handler)
