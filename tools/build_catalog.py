"""Builds the snapshot of the catalogue, advisor/catalog/snapshot.json.gz, from provider wheels.

    python3 tools/build_catalog.py            read the newest release of every provider
    python3 tools/build_catalog.py --check    read the releases of the shipped file again, and fail
                                              if they do not give the same file

Downloads through pip: the newest wheel of every provider that Airflow lists, the metadata of
releases, and, for operators with hand-written entries, the wheels that the bisection reads.
The folder --cache keeps them, so that the next run downloads only what is new.
"""

import argparse
import datetime
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# Import this checkout's advisor, not an installed one.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from advisor.catalog.snapshot import FILE, Snapshot, load_snapshot
from catalog.content import build_content, encode
from catalog.index import Index
from catalog.providers import newest_releases

LARGEST = 150_000
"""The largest size of the file in bytes."""
CACHE = Path.home() / ".cache" / "advisor-catalog"


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of downloaded wheels")
    parser.add_argument("--check", action="store_true", help="compare with the shipped file")
    options = parser.parse_args(arguments)
    index = Index(options.cache, refresh=not options.check)
    return check(index) if options.check else build(index)


def build(index: Index) -> int:
    """Write the snapshot of the newest releases."""
    today = datetime.datetime.now(tz=datetime.timezone.utc).date().isoformat()
    content = encode(build_content(index, newest_releases(index), today))
    if len(content) > LARGEST:
        print(f"error: the snapshot has {len(content)} bytes, at most {LARGEST} are allowed")
        return 1
    FILE.write_bytes(content)
    load_snapshot.cache_clear()
    print(summary(load_snapshot(), len(content)))
    return 0


def check(index: Index) -> int:
    """Compare the shipped file with what its inputs give."""
    shipped = load_snapshot()
    if encode(build_content(index, shipped.inputs, shipped.date)) == FILE.read_bytes():
        print(f"{FILE.name} is what its inputs give")
        return 0
    print(f"error: {FILE.name} differs from what its inputs give; run tools/build_catalog.py")
    return 1


def summary(snapshot: Snapshot, size: int) -> str:
    """Return what was written, in one line."""
    providers: Mapping[str, str] = snapshot.inputs
    recorded = len(snapshot.content["history"])
    return (
        f"{FILE.name}: {len(snapshot.operators)} operators and sensors of {len(providers)} "
        f"providers, {recorded} with history, {size} bytes"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
