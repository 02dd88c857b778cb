"""Settings for all tests."""

from hypothesis import settings

# No test asserts how long something takes, and a loaded machine is slow.
settings.register_profile("without_deadline", deadline=None)
settings.load_profile("without_deadline")
