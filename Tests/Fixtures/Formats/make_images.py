"""Writes the small images that NIfTITests reads, with what MONAI 0.8.1's NibabelReader makes of them.

    python make_images.py          # in this folder, with monai 0.8.1 and nibabel 5.2
images.txt has one line an image: name, shape, affine by rows, sum, weighted sum, first values.
"""
import gzip
import warnings

import nibabel as nib
import numpy as np
from monai.data import NibabelReader

warnings.simplefilter("ignore")
AFFINES = {
    "lps": np.diag([-0.8, -0.8, 5, 1.0]), "las": np.diag([-1.5, 1.5, 2, 1.0]),
    "ras": np.array([[0.8, 0, 0, -20], [0, 0.9, 0, 30], [0, 0, 2.5, 7], [0, 0, 0, 1.0]]),
    "oblique": np.array([[0.78, 0.1, -0.3, 10], [-0.1, 0.79, 0.4, -5], [0.07, -0.08, 4.9, 3],
                         [0, 0, 0, 1.0]]),
}


def data(shape, dtype):
    x = (np.arange(np.prod(shape)) * 7 % 251).reshape(shape)
    return (x - 90 if np.dtype(dtype).kind in "if" and np.dtype(dtype).itemsize > 1 else x % 120).astype(dtype)


def image(shape=(5, 4, 3), dtype=np.int16, affine="ras", kind=nib.Nifti1Image, endian="<"):
    header = kind.header_class(endianness=endian)
    header.set_data_dtype(np.dtype(dtype).newbyteorder(endian))
    result = kind(data(shape, dtype), AFFINES[affine], header)
    result.set_sform(AFFINES[affine], 1)
    result.set_qform(AFFINES[affine], 1)
    return result


images = {}
for name in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"):
    images[f"type-{name}.nii"] = image(dtype=name)
for name in AFFINES:
    images[f"{name}.nii.gz"] = image(affine=name)
for rank, shape in enumerate([(6,), (6, 5), (5, 4, 3), (5, 4, 3, 2), (5, 4, 1, 1, 3), (2, 3, 2, 2, 1, 2),
                              (2, 3, 2, 2, 2, 1, 2)], 1):
    images[f"rank{rank}.nii.gz"] = image(shape=shape)
images["big.nii"] = image(endian=">", affine="oblique")
images["big-f8.nii"] = image(endian=">", dtype=np.float64)
images["two.nii.gz"] = image(kind=nib.Nifti2Image, affine="oblique")
images["two-big.nii"] = image(kind=nib.Nifti2Image, endian=">")
images["tall.nii.gz"] = image(shape=(70, 3, 200))

for name, dtype in (("i2", np.int16), ("u1", np.uint8), ("i4", np.int32), ("f4", np.float32), ("f8", np.float64)):
    images[f"scaled-{name}.nii"] = image(dtype=dtype)

odd = image()
odd.set_sform(None, 0)
images["qform-only.nii.gz"] = odd
odd = image(affine="las")
odd.set_qform(None, 0)
images["sform-only.nii.gz"] = odd
odd = image()
odd.set_sform(None, 0)
odd.set_qform(None, 0)
images["no-form.nii.gz"] = odd
odd = image()
odd.set_sform(AFFINES["oblique"], 1)
images["sform-not-qform.nii.gz"] = odd
odd = image()
odd.header.set_zooms((1, 1, 1))
images["zooms.nii.gz"] = odd
odd = image()
odd.set_sform(AFFINES["ras"], 0)
odd.header["pixdim"][1:4] = (0.8, 0.9, 2.5)
odd.header["quatern_b"] = 0.3
odd.header["srow_x"] = AFFINES["ras"][0]
images["turned.nii.gz"] = odd

for name, value in images.items():
    if not name.startswith("scaled"):
        value.to_filename(name)
    else:
        value.to_filename(name)
        raw = bytearray(open(name, "rb").read())
        raw[112:120] = np.array([0.3, -7.7], "<f4").tobytes()
        open(name, "wb").write(bytes(raw))
plain = gzip.decompress(open("oblique.nii.gz", "rb").read())
open("members.nii.gz", "wb").write(b"".join(gzip.compress(part, mtime=0) for part in (plain[:200], plain[200:400], plain[400:])))

with open("images.txt", "w") as out:
    for name in sorted([*images, "members.nii.gz"]):
        reader = NibabelReader()
        array, meta = reader.get_data(reader.read(name))
        flat = array.astype(np.float64).ravel()
        weights = np.arange(flat.size) % 97 + 1
        fields = [name, "x".join(map(str, array.shape)), ",".join(repr(float(v)) for v in meta["affine"].ravel()),
                  repr(flat.sum()), repr((flat * weights).sum()), ",".join(repr(float(v)) for v in flat[:3]),
                  str(meta["original_channel_dim"])]
        out.write("\t".join(fields) + "\n")

for name, array in {"c-f4": data((3, 4, 2), np.float32), "fortran-i2": np.asfortranarray(data((3, 4, 2), np.int16)),
                    "big-f8": data((5,), ">f8"), "bool": data((2, 3), bool), "scalar": data((), np.uint8)}.items():
    np.save(f"{name}.npy", array)
np.save("object.npy", np.array([{}, None]), allow_pickle=True)
