"""Writes the small PNG pictures that PNGTests reads, and what PIL makes of them (pictures.txt).

    python make_pictures.py         # with Pillow 13 and numpy
16-bit gray with alpha is left out: Pillow makes four channels of it, we keep the two.
"""
import struct
import zlib

import numpy as np
from PIL import Image

ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filtered(rows, bpp):
    """Every row with another filter type, so that all five are met."""
    out, previous = b"", bytes(len(rows[0])) if rows else b""
    for number, row in enumerate(rows):
        kind = number % 5
        line = bytearray()
        for i, v in enumerate(row):
            a = row[i - bpp] if i >= bpp else 0
            b = previous[i]
            c = previous[i - bpp] if i >= bpp else 0
            line.append((v - [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]) & 255)
        out += bytes([kind]) + bytes(line)
        previous = row
    return out


def pack(samples, depth):
    if depth == 16:
        return b"".join(struct.pack(">H", s) for s in samples)
    bits = "".join(format(s, f"0{depth}b") for s in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write(name, width, height, depth, colour, interlaced):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    pixels = (np.arange(width * height * channels) * 37 % (1 << depth)).reshape(height, width * channels)
    pixels = pixels.reshape(height, width, channels)
    bpp = max(1, channels * depth // 8)
    data = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = pixels[y0::dy, x0::dx]
        if part.size:
            data += filtered([pack(row.ravel().tolist(), depth) for row in part], bpp)
    packed = zlib.compress(data)
    with open(name, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)))
        if colour == 3:
            out.write(chunk(b"PLTE", bytes(range(256)) * 3))
        out.write(chunk(b"tEXt", b"Comment\0small"))
        out.write(chunk(b"IDAT", packed[:7]) + chunk(b"IDAT", packed[7:]) + chunk(b"IEND", b""))


with open("pictures.txt", "w") as out:
    for colour, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8,)), (6, (8, 16))):
        for depth in depths:
            for interlaced in (0, 1):
                name = f"picture-{colour}-{depth}-{interlaced}.png"
                write(name, 11, 9, depth, colour, interlaced)
                array = np.moveaxis(np.asarray(Image.open(name)), 0, 1).astype(np.float64)
                flat = array.ravel()
                weights = np.arange(flat.size) % 97 + 1
                out.write("\t".join([name, "x".join(map(str, array.shape)), repr(float((flat * weights).sum()))]) + "\n")
