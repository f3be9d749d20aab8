#!/usr/bin/env python
"""Django's command line, on the embedded servers where no others are named."""

import os
import sys


def main() -> None:
    """This function will run one management command.

    Without `DATABASE_URL` and `BROKER_URL` it uses the embedded servers of `DATA_DIR`, starting them for as
    long as the command runs where they are not up yet.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from launcher import ensure_environment

    with ensure_environment(sys.argv):
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
