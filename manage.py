#!/usr/bin/env python
"""Django's command line. Starts or joins the local services first, unless the command needs none."""

import os
import sys

NEED_NO_SERVICES = {"check", "collectstatic", "diffsettings", "help", "version", "--help", "--version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    if len(sys.argv) > 1 and sys.argv[1] not in NEED_NO_SERVICES:
        from config import local

        local.join(*settings.LOCAL_SERVICES)
    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our words (`| head`) has seen enough; Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
