"""A fixture file: named arrays and string parameters in the safetensors layout.

The layout (u64 header length, JSON header, row-major little-endian bytes) needs no library on the Swift side, and
writing it here in twenty lines keeps the files byte-equal from run to run, whatever safetensors does next.
"""

import json
import os
import struct

import numpy as np

FOLDER = os.path.normpath(os.path.join(os.path.dirname(__file__), "..", "ParityTests", "Fixtures"))

_CODES = {
    "float64": "F64",
    "int64": "I64",
    "uint64": "U64",
    "float32": "F32",
    "int32": "I32",
    "uint32": "U32",
    "float16": "F16",
    "int16": "I16",
    "uint16": "U16",
    "int8": "I8",
    "uint8": "U8",
    "bool": "BOOL",
}


class Fixture:
    """Collects the arrays and parameters of one subject, then writes them as one file."""

    def __init__(self, subject):
        self.subject, self.arrays, self.parameters = subject, {}, {}

    def put(self, name, value, dtype=None):
        """Add an array, tensor, number or (nested) list of numbers."""
        if hasattr(value, "detach"):
            value = value.detach().cpu().numpy()
        value = np.array(value, dtype=dtype, order="C", copy=True)
        value = value.astype(value.dtype.newbyteorder("<"))
        if value.dtype.name not in _CODES:
            raise TypeError(f"{self.subject}: {name} has dtype {value.dtype}")
        if name in self.arrays:
            raise KeyError(f"{self.subject}: {name} is there already")
        self.arrays[name] = value

    def note(self, name, value):
        """Add a parameter: strings as they are, everything else as JSON (floats with all their digits)."""
        if name in self.parameters:
            raise KeyError(f"{self.subject}: {name} is there already")
        self.parameters[name] = value if isinstance(value, str) else json.dumps(value, default=_plain, allow_nan=False)

    def write(self, folder=FOLDER):
        os.makedirs(folder, exist_ok=True)
        header, offset = {"__metadata__": dict(sorted(self.parameters.items()))}, 0
        order = sorted(self.arrays, key=lambda n: (-self.arrays[n].itemsize, n))  # wide types first: aligned
        for name in order:
            array = self.arrays[name]
            header[name] = {
                "dtype": _CODES[array.dtype.name],
                "shape": list(array.shape),
                "data_offsets": [offset, offset + array.nbytes],
            }
            offset += array.nbytes
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        path = os.path.join(folder, self.subject + ".safetensors")
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for name in order:
                file.write(self.arrays[name].tobytes())
        return path


def _plain(value):
    """JSON for numpy scalars and arrays."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"cannot note {type(value)}")
