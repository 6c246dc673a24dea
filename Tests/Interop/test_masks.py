"""Saved masks lie where the image lies."""

import glob

import nibabel
import numpy

import reference


def test_geometry_is_the_input_s(evaluated):
    (item,) = reference.listed(evaluated.data, "validation")
    image = nibabel.load(item["image"])
    (path,) = glob.glob(evaluated.path("eval", "*", "*_trans.nii.gz"))
    mask = nibabel.load(path)
    assert mask.shape == image.shape
    numpy.testing.assert_allclose(mask.affine, image.affine, atol=1e-5)
    assert mask.get_data_dtype() == numpy.float32
    assert set(numpy.unique(mask.get_fdata())) <= {0.0, 1.0}


def test_synthesized_pairs_fit(data):
    for key in ("training", "validation"):
        for item in reference.listed(data, key):
            image, label = nibabel.load(item["image"]), nibabel.load(item["label"])
            assert image.shape == label.shape == (64, 64, 64)
            numpy.testing.assert_array_equal(image.affine, label.affine)
            assert 0 < numpy.count_nonzero(label.get_fdata()) < label.get_fdata().size / 2
