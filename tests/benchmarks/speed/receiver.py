"""A receiver that does as little as one can: `receiver.py PORT [SECONDS] [STATUS]` counts POSTs and answers them.

At once, or after so many seconds, with 200 or this status. `GET /count` tells how many came.
"""

from __future__ import annotations

import asyncio
import sys


class Receiver(asyncio.Protocol):
    count = 0
    seconds = 0.0
    answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            if head.startswith(b"get"):
                told = str(Receiver.count).encode()
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told))
                self.buffer = self.buffer[end + 4 :]
                continue
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or b"0")
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            Receiver.count += 1
            self._answer()

    def _answer(self) -> None:
        if self.seconds:
            asyncio.get_running_loop().call_later(self.seconds, self.transport.write, self.answer)
        else:
            self.transport.write(self.answer)


async def main(port: int, seconds: float = 0.0, status: int = 200) -> None:
    Receiver.seconds = seconds
    Receiver.answer = b"HTTP/1.1 %d Benchmark\r\nContent-Length: 0\r\n\r\n" % status
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), *(kind(given) for kind, given in zip((float, int), sys.argv[2:], strict=False))))
