"""A mail server that keeps every message as a file and delivers none.

    smtp_sink.py FOLDER PORT_FILE [PORT]

Listens on 127.0.0.1, writes FOLDER/00001-<message id>.eml and so on, the envelope in the two
first header lines. The port is written to PORT_FILE when the server is ready.
"""

import re
import signal
import sys
from pathlib import Path

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, folder: Path):
        self.folder = folder
        self.count = max(
            (int(path.name[:5]) for path in folder.glob("[0-9]*.eml")), default=0
        )

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        content = envelope.original_content
        match = re.search(
            rb"^Message-Id:\s*<?([^>\s]+)", content, re.IGNORECASE | re.MULTILINE
        )
        message_id = match[1].decode(errors="replace") if match else "no-message-id"
        name = (
            f"{self.count:05d}-{re.sub(r'[^A-Za-z0-9.@_-]', '_', message_id)[:120]}.eml"
        )
        header = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        draft = self.folder / f".{name}"
        draft.write_bytes(header.encode() + content)
        draft.rename(self.folder / name)
        return "250 kept"


def main(folder: str, port_file: str, port: str = "0") -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    controller = Controller(
        Sink(Path(folder)),
        hostname="127.0.0.1",
        port=int(port),
        data_size_limit=50_000_000,
    )
    # The controller checks itself by connecting, which needs a known port.
    if controller.port == 0:
        import socket

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            controller.port = probe.getsockname()[1]
    controller.start()
    Path(port_file).write_text(f"{controller.port}\n")
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(*sys.argv[1:])
