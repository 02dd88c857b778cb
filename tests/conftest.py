"""Settings for all tests."""

import signal

from hypothesis import settings

# No deadline: tests do not measure time, and a busy machine is slow.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")

# A shell ignores SIGINT in what it runs in the background, and children of the tests inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
