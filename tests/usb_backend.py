"""A USB bus with one printer on it, for pyusb: its bulk endpoints lead to a TCP port.

What python-escpos and pyusb do on a real bus they do here; only the wire differs. The numbers are
those of USB 2.0, chapter 9, and of the printer class.
"""

from __future__ import annotations

import array
import contextlib
import errno
import select
import socket
import threading
from types import SimpleNamespace
from typing import Any

import usb.backend
from usb.core import USBError, USBTimeoutError

VENDOR, PRODUCT = 0x04B8, 0x0202
IN, OUT = 0x82, 0x01
PRINTER_CLASS = 7
BULK = 2


class _Handle:
    """One opening of the device. `sits` while a read has found nothing, and waits for more."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.sits = False

    def read(self, most: int, timeout_ms: int) -> bytes:
        self.sits = True
        came = _comes(self.line, timeout_ms)
        self.sits = False  # before the bytes are taken: who looks finds one or the other
        if not came:
            raise TimeoutError
        return self.line.recv(most)

    @property
    def rests(self) -> bool:
        return not _comes(self.line, 0) and self.sits

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.line.shutdown(socket.SHUT_RDWR)  # else a read would sit on
        self.line.close()


def _comes(line: socket.socket, timeout_ms: int) -> bool:
    poll = select.poll()
    poll.register(line, select.POLLIN)
    return bool(poll.poll(timeout_ms))


class OnePrinter(usb.backend.IBackend):
    """A bus whose only device is the printer behind a TCP port. `unplug` takes it away."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._handles: list[_Handle] = []
        self._claimed: _Handle | None = None
        self.plugged = True
        self.may_close = threading.Event()  # cleared, a handle that is to be closed stays open
        self.may_close.set()

    def unplug(self) -> None:
        """Pull the plug: every transfer from now on finds no device."""
        self.plugged = False
        for handle in self._handles:
            with contextlib.suppress(OSError):
                handle.line.shutdown(socket.SHUT_RDWR)

    @property
    def resting(self) -> int:
        """Count the reads that wait for the printer to say something, and have not heard it yet."""
        return sum(handle.rests for handle in list(self._handles))

    def enumerate_devices(self) -> Any:
        return iter([self] if self.plugged else [])

    def get_device_descriptor(self, _dev: Any) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0200, bDeviceClass=0, bDeviceSubClass=0,
            bDeviceProtocol=0, bMaxPacketSize0=64, idVendor=VENDOR, idProduct=PRODUCT,
            bcdDevice=0x0100, iManufacturer=0, iProduct=0, iSerialNumber=0, bNumConfigurations=1,
            address=5, bus=1, port_number=1, port_numbers=(1,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, _dev: Any, config: int) -> Any:
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1,
            bConfigurationValue=1, iConfiguration=0, bmAttributes=0xC0, bMaxPower=1,
            extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, _dev: Any, intf: int, alt: int, config: int) -> Any:
        if intf or alt:
            raise IndexError(intf)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0,
            bNumEndpoints=2, bInterfaceClass=PRINTER_CLASS, bInterfaceSubClass=1,
            bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, _dev: Any, ep: int, intf: int, alt: int, config: int) -> Any:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(IN, OUT)[ep], bmAttributes=BULK,
            wMaxPacketSize=64, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, _dev: Any) -> Any:
        self._there()
        handle = _Handle(socket.create_connection(self._address))
        self._handles.append(handle)
        return handle

    def close_device(self, dev_handle: Any) -> None:
        self.may_close.wait()
        if dev_handle in self._handles:
            self._handles.remove(dev_handle)
        dev_handle.close()

    def set_configuration(self, dev_handle: Any, _config_value: int) -> None:
        self._there()

    def get_configuration(self, dev_handle: Any) -> int:
        return 1

    def claim_interface(self, dev_handle: Any, intf: int) -> None:
        self._there()
        if self._claimed not in (None, dev_handle) and self._claimed in self._handles:
            raise USBError("Resource busy", -6, errno.EBUSY)
        self._claimed = dev_handle

    def release_interface(self, dev_handle: Any, intf: int) -> None:
        pass

    def reset_device(self, dev_handle: Any) -> None:
        self._there()

    def bulk_write(self, dev_handle: Any, ep: int, intf: int, data: Any, timeout: int) -> int:
        self._there()
        dev_handle.line.settimeout(timeout / 1000)
        try:
            dev_handle.line.sendall(bytes(data))
        except OSError as error:
            raise self._error(error) from error
        return len(data)

    def bulk_read(self, dev_handle: Any, ep: int, intf: int, buff: Any, timeout: int) -> int:
        self._there()
        try:
            data = dev_handle.read(len(buff), timeout)
        except OSError as error:
            raise self._error(error) from error
        if not data:
            raise self._error(OSError(errno.ENODEV, "gone"))
        buff[: len(data)] = array.array("B", data)
        return len(data)

    def _there(self) -> None:
        if not self.plugged:
            raise USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)

    def _error(self, error: OSError) -> USBError:
        if isinstance(error, TimeoutError):
            return USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        return USBError("No such device", -4, errno.ENODEV)
