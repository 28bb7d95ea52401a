"""The line between a node and PostgreSQL, and what can happen to it: cut, slow, silent, forgotten, led elsewhere."""

import asyncio
import time


class Proxy:
    def __init__(self, target):
        self.target = target      # port
        self.port = None
        self.pairs = {}           # the node's end → PostgreSQL's end
        self.delay = 0.0          # seconds added to each piece, each way
        self.passing = asyncio.Event()
        self.passing.set()        # cleared: nothing arrives, and nobody is told
        self.forgotten = set()    # ends that wait for ever
        self.cuts = 0

    async def start(self):
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def accept(self, reader, writer):
        await self.passing.wait()
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self.pairs[writer] = back
        both = [asyncio.create_task(self.carry(reader, back, writer)), asyncio.create_task(self.carry(there, writer, writer))]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        back.transport.abort()
        if writer not in self.forgotten:
            writer.transport.abort()
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        self.pairs.pop(writer, None)

    async def carry(self, reader, to, node_end):
        """One way. Pieces are under way at the same time, so that `delay` makes the line long and not narrow."""
        under_way = asyncio.Queue()
        arriving = asyncio.create_task(self.arrive(under_way, to, node_end))
        try:
            while data := await reader.read(65536):
                under_way.put_nowait((time.monotonic() + self.delay, data))
            under_way.put_nowait(None)
            await arriving
        except OSError:
            pass
        finally:
            arriving.cancel()

    async def arrive(self, under_way, to, node_end):
        while piece := await under_way.get():
            due, data = piece
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            await self.passing.wait()
            if node_end in self.forgotten:
                return
            to.write(data)
            await to.drain()
        await self.passing.wait()

    def ports(self):
        """PostgreSQL's client ports of what goes through here."""
        return [back.get_extra_info("sockname")[1] for back in self.pairs.values()]

    def cut(self):
        """Every connection ends with a reset, in the middle of whatever it carries."""
        self.cuts += len(self.pairs)
        for node_end, back in list(self.pairs.items()):
            node_end.transport.abort()
            back.transport.abort()

    def forget(self):
        """As when the other machine's power fails: PostgreSQL is gone for these connections, and the node hears nothing, ever."""
        self.forgotten.update(self.pairs)
        for back in list(self.pairs.values()):
            back.transport.abort()

    def lead_to(self, port, told=True):
        self.target = port
        if told:
            self.cut()
        else:
            self.forget()

    async def silent(self, seconds):
        """Nothing arrives either way for a time; then all of it does."""
        self.passing.clear()
        await asyncio.sleep(seconds)
        self.passing.set()

    def close(self):
        self.server.close()
        self.cut()
        for node_end in self.forgotten:
            node_end.transport.abort()
