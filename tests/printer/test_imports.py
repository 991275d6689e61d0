import subprocess
import sys

SERVING = "import printer.print_queue, printer.ports, printer.serial_port, printer.tcp_port, printer.render"


def test_the_serving_path_loads_no_python_escpos() -> None:
    """Neither it nor what it drags in is loaded by what a lane prints with."""
    shows = "import sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", f"{SERVING}; {shows}"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "PIL" in loaded
    assert not {"escpos", "qrcode", "barcode", "yaml", "usb", "numpy", "serial"} & set(loaded)
