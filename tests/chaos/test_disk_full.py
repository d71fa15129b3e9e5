"""The disk for files, of 4 MB, is full, then read-only, then free again.

Uploads get 507 as a problem, no row is without its file, and thumbnails that found no room are made
once there is some.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.chaos.measurements import Measurement, Scale

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]


def test_a_full_disk_rejects_uploads_and_loses_nothing(scale: Scale, record):
    record(*measure_in_namespace(scale))


def measure_in_namespace(scale: Scale) -> list[Measurement]:
    """Run `tests.chaos.small_disk` in a mount namespace of its own, where any user may mount."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    script = [sys.executable, "-m", "tests.chaos.small_disk", str(scale.factor), str(scale.seed)]
    done = subprocess.run(
        ["unshare", *user, "--mount", *script], stdout=subprocess.PIPE, check=True, text=True
    )
    return [Measurement(*values) for values in json.loads(done.stdout.splitlines()[-1])]
