"""Tiny NIfTI files of every geometry and data type we must read, and what MONAI's LoadImaged makes of each.

The bytes are put together here instead of by nibabel's writer, which would choose its own scaling and forms.
"""

import gzip
import os

import numpy as np
from monai.transforms import EnsureChannelFirstd, LoadImaged

import nibabel as nib
from fixture import FOLDER, Fixture

NIFTI = os.path.join(FOLDER, "nifti")


def rotation(x, y, z):
    """Rotation matrix from angles in degrees about x, then y, then z."""
    a, b, c = np.radians([x, y, z])
    rx = [[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]]
    ry = [[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]]
    rz = [[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]]
    return np.array(rz) @ np.array(ry) @ np.array(rx)


def affine(matrix, origin):
    out = np.eye(4)
    out[:3, :3], out[:3, 3] = matrix, origin
    return out


LAS = affine(np.diag([-1.5, 1.0, 3.0]), (20, -14, 7))
LPS = affine(np.diag([-1.25, -0.75, 2.5]), (11, 12, -30))
RAS = affine(np.diag([1.0, 1.0, 1.0]), (0, 0, 0))
OBLIQUE = affine(rotation(10, -15, 25) @ np.diag([0.9, 1.1, 2.2]), (-5, 3.5, 40))
OBLIQUE_FLIPPED = affine(rotation(-20, 8, 12) @ np.diag([-0.9, 1.1, 2.2]), (5, -3.5, 4))
PERMUTED = affine(np.array([[0, 0, 2.0], [-1.5, 0, 0], [0, 1.0, 0]]), (1, 2, 3))  # axes P, S, R
SHEARED = affine(np.array([[1.0, 0.2, 0], [0, 1.5, 0.1], [0, 0, 2.0]]), (0, 1, 2))
CT = affine(np.diag([-0.8, -0.8, 2.5]), (8, 9, -20))


def integers(shape, seed=0, low=-1000, high=1000):
    return np.random.RandomState(seed).randint(low, high, size=shape)


def ct_pair(shape=(20, 17, 9)):
    """A body in air with two organs, the larger of them labelled 1 and a few voxels 2; integer arithmetic only."""
    x, y, z = np.meshgrid(*[np.arange(n) for n in shape], indexing="ij")

    def blob(cx, cy, cz, rx, ry, rz):
        scale = (rx * ry * rz) ** 2
        return ((x - cx) * ry * rz) ** 2 + ((y - cy) * rx * rz) ** 2 + ((z - cz) * rx * ry) ** 2 < scale

    noise = np.random.RandomState(3).randint(-18, 19, size=shape)
    image, label = np.full(shape, -1000), np.zeros(shape, int)
    image[blob(10, 8, 4, 8, 7, 5)] = -40
    image[blob(6, 7, 4, 2, 3, 3)] = 60
    spleen = blob(13, 9, 4, 3, 3, 2)
    image[spleen], label[spleen] = 115, 1
    label[12:14, 9, 4] = 2
    return (image + noise).astype("<i2"), label.astype("u1")


def write(name, data, sform=None, qform=None, zooms=None, slope=None, inter=0.0, version=1, units=True):
    """One file; a form that is None is absent (code 0). `zooms` overrides what the forms say."""
    header = (nib.Nifti1Header if version == 1 else nib.Nifti2Header)(endianness="<" if data.dtype.isnative else ">")
    header.set_data_dtype(data.dtype)
    header.set_data_shape(data.shape)
    given = sform if qform is None else qform
    if given is not None:
        header.set_zooms([*np.linalg.norm(given[:3, :3], axis=0)[: min(3, data.ndim)], 1, 1][: data.ndim])
    if qform is not None:
        header.set_qform(qform, 1)
    if sform is not None:
        header.set_sform(sform, 1)
    if zooms is not None:
        header.set_zooms(zooms)
    if slope is not None:
        header["scl_slope"], header["scl_inter"] = slope, inter
    if units:
        header.set_xyzt_units("mm", "sec")
    header["magic"] = header.single_magic
    header["vox_offset"] = header.single_vox_offset
    raw = header.binaryblock + bytes(4) + data.tobytes(order="F")
    with open(os.path.join(NIFTI, name), "wb") as file:
        file.write(gzip.compress(raw, 9, mtime=0) if name.endswith(".gz") else raw)


def files():
    """Write every file; the README describes them one by one."""
    small = (9, 7, 5)
    i16 = integers(small).astype("<i2")
    write("las.nii.gz", i16, sform=LAS, qform=LAS)
    write("lps.nii.gz", i16, sform=LPS, qform=LPS)
    write("ras.nii", i16, sform=RAS, qform=RAS)
    write("oblique.nii.gz", i16, sform=OBLIQUE, qform=OBLIQUE)
    write("permuted.nii.gz", i16, sform=PERMUTED)
    write("sheared.nii.gz", i16, sform=SHEARED, zooms=(1.0, np.sqrt(2.29), np.sqrt(4.01)))
    write("qform_only.nii.gz", i16, qform=OBLIQUE_FLIPPED)
    write("sform_other_than_qform.nii.gz", i16, sform=LAS, qform=LPS)
    write("sform_other_than_pixdim.nii.gz", i16, sform=OBLIQUE, qform=OBLIQUE, zooms=(2.0, 2.0, 2.0))
    write("sform_only_other_than_pixdim.nii.gz", i16, sform=OBLIQUE, zooms=(2.0, 2.0, 2.0))
    write(
        "sform_rotated_from_qform.nii.gz",
        i16,
        sform=affine(rotation(0, 0, 30) @ np.diag([0.9, 1.1, 2.2]), (1, 2, 3)),
        qform=OBLIQUE,
    )
    write("no_form.nii.gz", i16, zooms=(1.5, 2.0, 2.5))
    write("scaled.nii.gz", i16, sform=LAS, qform=LAS, slope=0.5, inter=-10.25)
    write("scale_zero.nii.gz", i16, sform=LAS, qform=LAS, slope=0.0, inter=5.0)
    for code in ("i1", "u1", "<u2", "<i4", "<u4", "<i8", "<f4", "<f8"):
        low, high = (0, 200) if "u" in code else (-100, 100)
        data = integers((5, 4, 3), 1, low, high).astype(code)
        write(f"type_{np.dtype(code).name}.nii.gz", data / 8 if "f" in code else data, sform=LAS, qform=LAS)
    write("four_d.nii.gz", integers((6, 5, 4, 3), 2).astype("<i2"), sform=LPS, qform=LPS)
    write("four_d_single.nii.gz", integers((6, 5, 4, 1), 2).astype("<i2"), sform=LPS, qform=LPS)
    write("nifti2.nii.gz", i16, sform=OBLIQUE, qform=OBLIQUE, version=2)
    write("nifti2.nii", i16, sform=LAS, version=2)
    write("big_endian.nii.gz", i16.astype(">i2"), sform=LPS, qform=LPS)
    write("big_endian_float.nii", (i16 / 4).astype(">f4"), sform=OBLIQUE)
    write("two_d.nii.gz", integers((8, 6), 4).astype("<i2"), sform=LAS, qform=LAS)
    write("one_slice.nii.gz", integers((8, 6, 1), 4).astype("<i2"), sform=LAS, qform=LAS)
    image, label = ct_pair()
    write("ct_image.nii.gz", image, sform=CT, qform=CT)
    write("ct_label.nii.gz", label, sform=CT, qform=CT)
    write("oblique_image.nii.gz", image, sform=OBLIQUE, qform=OBLIQUE)
    write("oblique_label.nii.gz", label, sform=OBLIQUE, qform=OBLIQUE)
    return sorted(n for n in os.listdir(NIFTI) if ".nii" in n)


def put_loaded(f, name, item):
    meta = item["image_meta_dict"]
    f.put(f"{name}/array", item["image"])
    for key in ("affine", "original_affine", "spatial_shape", "pixdim"):
        f.put(f"{name}/{key}", np.asarray(meta[key]))
    f.note(f"{name}/original_channel_dim", str(meta["original_channel_dim"]))


def make():
    os.makedirs(NIFTI, exist_ok=True)
    f = Fixture("nifti_loaded")
    names = files()
    f.note("files", names)
    for name in names:
        path = os.path.join(NIFTI, name)
        item = LoadImaged("image")({"image": path})
        put_loaded(f, name, item)
        f.put(f"{name}/channel_first_shape", EnsureChannelFirstd("image")(dict(item))["image"].shape, "int64")
    for name in ("las.nii.gz", "oblique.nii.gz", "permuted.nii.gz"):
        item = LoadImaged("image", reader="NibabelReader", as_closest_canonical=True)(
            {"image": os.path.join(NIFTI, name)}
        )
        put_loaded(f, f"canonical/{name}", item)
    item = LoadImaged("image")({"image": [os.path.join(NIFTI, n) for n in ("las.nii.gz", "scaled.nii.gz")]})
    put_loaded(f, "several", item)  # a list of files becomes channels
    f.put("several/channel_first_shape", EnsureChannelFirstd("image")(dict(item))["image"].shape, "int64")
    return [f]
