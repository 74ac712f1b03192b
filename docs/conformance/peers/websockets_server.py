# python3 websockets_server.py PORT: an echo server on `websockets` (its legacy asyncio server, all there is in 10.4).
import asyncio
import sys

import websockets


async def echo(socket, *_):
    try:
        async for message in socket:
            await socket.send(message)
    except websockets.ConnectionClosed:
        pass


async def main():
    async with websockets.serve(echo, "127.0.0.1", int(sys.argv[1]), max_size=64 << 20, max_queue=None):
        await asyncio.Future()


asyncio.run(main())
