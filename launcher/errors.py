"""What can go wrong around the servers, said so that a person can mend it."""


class LauncherError(Exception):
    """Something kept the servers from running; the message names the value and the cure."""


class StopRequested(BaseException):
    """A person or the system asked this process to stop (Ctrl-C, SIGTERM, SIGHUP).

    Not an Exception, for the same reason as KeyboardInterrupt: nothing on the way may swallow it.
    """
