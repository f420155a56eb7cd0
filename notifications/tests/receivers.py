"""Real servers on loopback that take what the portal sends: robots and gateways over HTTP, silent and rude ones too."""

import json
import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

OK = {"errcode": 0, "errmsg": "ok"}


@dataclass
class Request:
    """One request as it came over the line."""

    path: str
    headers: dict
    body: bytes

    @property
    def query(self):
        return dict(parse_qsl(urlsplit(self.path).query))

    @property
    def raw_query(self):
        return urlsplit(self.path).query

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.json["text"]["content"]


@dataclass
class Robot:
    """Keeps what it takes and answers as told: `data` as JSON (bytes as they are) under `status`; `silent` never."""

    data: object = field(default_factory=lambda: dict(OK))
    status: int = 200
    silent: bool = False
    hangs_up: bool = False
    requests: list = field(default_factory=list)
    base: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def texts(self):
        return [request.text for request in self.requests]

    def body(self):
        return self.data if isinstance(self.data, bytes) else json.dumps(self.data, ensure_ascii=False).encode()


def handler(robot):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers.get("Content-Length") or 0)
            robot.requests.append(Request(self.path, dict(self.headers), self.rfile.read(length)))
            if robot.silent:
                robot.released.wait(10)
            if robot.silent or robot.hangs_up:
                self.close_connection = True
                return
            self.send_response(robot.status)
            self.send_header("Content-Length", str(len(robot.body())))
            self.end_headers()
            self.wfile.write(robot.body())

        def log_message(self, *args):
            """Nothing is printed."""

    return Handler


@contextmanager
def listening(robot):
    """The robot on a free port of this machine, gone afterwards."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(robot))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    robot.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield robot
    finally:
        robot.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def mute():
    """Connections are taken by the kernel, and nobody ever reads: the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@contextmanager
def dripping():
    """Answers one connection with a head and then a byte now and then, for as long as it is asked: the port."""
    left = threading.Event()

    def answer(listener):
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not left.wait(0.05):
                connection.sendall(b" ")

    def quietly(listener):
        with suppress(OSError):  # the other side has had enough
            answer(listener)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=quietly, args=[listener])
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            left.set()
            thread.join()


def closed_port():
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
