"""Speaks to the URL in argv[1] through Debian's python3-websockets, and prints what came of it as JSON."""

import asyncio
import json
import ssl
import sys

import websockets

LARGE = "x" * 5_000_000


async def main(url: str, ca: str | None) -> dict:
    tls = None if ca is None else ssl.create_default_context(cafile=ca)
    # Not every resolver knows names below localhost.
    options = {"host": "127.0.0.1", **({"ssl": tls} if tls else {})}
    seen = {}
    async with websockets.connect(url, subprotocols=["chat"], max_size=None, **options) as socket:
        seen["subprotocol"] = socket.subprotocol
        await socket.send("hello")
        seen["text"] = await socket.recv()
        await socket.send(bytes(range(256)))
        seen["binary"] = list(await socket.recv()) == list(range(256))
        await socket.send(LARGE)
        seen["large"] = await socket.recv() == LARGE
        pong = await socket.ping()
        await pong
        # One message in pieces.
        await socket.send(["in ", "three ", "pieces"])
        seen["pieces"] = await socket.recv()
        await socket.send("bye")
        await socket.wait_closed()
        seen["close"] = [socket.close_code, socket.close_reason]

    async def one(index: int) -> bool:
        async with websockets.connect(url, **options) as socket:
            await socket.send(f"message {index}")
            return await socket.recv() == f"message {index}"

    seen["many"] = all(await asyncio.gather(*(one(index) for index in range(50))))
    return seen


print(json.dumps(asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))))
