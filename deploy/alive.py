"""Ends with 0 when the web process of this container answers `/healthz`: the image's health check."""

import http.client
import os
import sys


def alive(port: int) -> bool:
    """Return whether the process on this port says that it is alive, within three seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if alive(int(os.environ.get("PORT", "8000"))) else 1)
