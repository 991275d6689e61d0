"""The line between two sockets breaks as told, and carries again."""

import asyncio

import pytest

from hardware_sim.tcp_proxy import TcpProxy


@pytest.fixture
async def echo():
    async def serve(reader, writer):
        try:
            while data := await reader.read(100):
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
async def proxy(echo):
    proxy = TcpProxy("127.0.0.1", echo)
    await proxy.start()
    yield proxy
    await proxy.stop()


async def connect(proxy):
    host, port = proxy.address.split(":")
    return await asyncio.open_connection(host, int(port))


async def ask(reader, writer, data=b"ping"):
    writer.write(data)
    return await asyncio.wait_for(reader.readexactly(len(data)), 5)


async def test_bytes_are_carried_both_ways(proxy):
    """What is sent comes back, and is counted once each way."""
    reader, writer = await connect(proxy)
    assert await ask(reader, writer) == b"ping"
    assert proxy.carried_bytes == 8
    writer.close()


async def test_a_cut_ends_connections_and_serves_none_until_healed(proxy):
    """Open connections end, new ones end at once; healed, they work."""
    reader, writer = await connect(proxy)
    await ask(reader, writer)
    proxy.fault("cut")
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await ask(reader, writer)
    writer.close()
    reader, writer = await connect(proxy)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await ask(reader, writer)
    writer.close()
    await proxy.heal()
    reader, writer = await connect(proxy)
    assert await ask(reader, writer) == b"ping"
    writer.close()


async def test_refused_connections_come_back_at_the_same_port(proxy):
    """ "refuse" closes the port; healing opens the very same."""
    before = proxy.address
    proxy.fault("refuse")
    with pytest.raises(ConnectionRefusedError):
        await connect(proxy)
    await proxy.heal()
    assert proxy.address == before
    _, writer = await connect(proxy)
    writer.close()


async def test_a_blackhole_swallows_without_a_word(proxy):
    """The connection stands, nothing comes; healing resets it."""
    reader, writer = await connect(proxy)
    await ask(reader, writer)
    proxy.fault("blackhole")
    writer.write(b"lost")
    async with asyncio.timeout(5):
        while proxy.swallowed_bytes < 4:  # the kernel carries them
            await asyncio.sleep(0.005)
    await proxy.heal()
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await ask(reader, writer)
    writer.close()


async def test_a_delay_holds_each_piece_back(proxy):
    """50 ms each way: the echo takes at least 100."""
    reader, writer = await connect(proxy)
    proxy.fault("delay", 0.05)
    loop = asyncio.get_running_loop()
    started = loop.time()
    assert await ask(reader, writer) == b"ping"
    assert loop.time() - started >= 0.1
    writer.close()


async def test_a_target_that_is_not_there_ends_the_connection():
    """Nobody listens behind the proxy: the connection ends at once."""
    proxy = TcpProxy("127.0.0.1", 1)
    await proxy.start()
    reader, writer = await connect(proxy)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await ask(reader, writer)
    writer.close()
    await proxy.stop()


def test_an_unknown_fault_is_refused():
    """A name that is not a fault raises."""
    with pytest.raises(ValueError, match="no such fault"):
        TcpProxy("127.0.0.1", 1).fault("tea")
