"""manage.py as an operator types it."""

import subprocess
import sys

from django.conf import settings


def test_reader_who_has_seen_enough_is_no_error():
    """`manage.py diffsettings | head -1`: the rest of the words has nowhere to go."""
    command = [sys.executable, "manage.py", "diffsettings"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=settings.BASE_DIR, **pipes) as told:
        told.stdout.close()
        complaint = told.stderr.read().decode()

    assert complaint == ""
    assert told.returncode == 1
