"""Settings for all tests."""

from hypothesis import settings

# No deadline: tests do not measure time, and a busy machine is slow.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")
