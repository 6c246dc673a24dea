/// What Clara 3 and 4.0 called things that 4.1 calls otherwise (Clara's migration pages).
public enum FormerNames {
  /// The name of 4.1; nil for a name that is none of these.
  public static func component(_ name: String) -> String? { components[name] }

  /// The argument of 4.1; nil for a name that is none of these.
  public static func argument(_ name: String) -> String? { arguments[name] }

  private static let components = [
    "AddGaussianNoise": "RandGaussianNoised", "ComputeAverageDice": "MeanDice",
    "ConvertToChannelsFirst": "EnsureChannelFirstd", "CropByPosNegRatio": "RandCropByPosNegLabeld",
    "CropFixedSizeRandomCenter": "RandSpatialCropd", "Dice": "DiceLoss",
    "FastCropByPosNegRatio": "RandCropByPosNegLabeld",
    "FastPosNegRatioCropROI": "RandCropByPosNegLabeld", "Focal": "FocalLoss",
    "LoadNifti": "LoadImaged", "LoadNiftid": "LoadImaged", "LoadPng": "LoadImaged",
    "NormalizeNonzeroIntensities": "NormalizeIntensityd", "RandomAxisFlip": "RandAxisFlipd",
    "RandomRotate3D": "RandRotated", "RandomSpatialFlip": "RandAxisFlipd",
    "RandomZoom": "RandZoomd", "ReduceCosine": "CosineAnnealingLR", "SaveAsNifti": "SaveImaged",
    "ScaleByResolution": "Spacingd", "ScaleIntensityOscillation": "RandScaleIntensityd",
    "ScaleIntensityRange": "ScaleIntensityRanged", "ScaleShiftIntensity": "RandScaleIntensityd",
    "SegmentationSaver": "SaveImaged", "TFScanWindowInferer": "SlidingWindowInferer",
    "TFSimpleInferer": "SimpleInferer", "TransformInverter": "Invertd",
  ]

  private static let arguments = [
    "dimensions": "spatial_dims", "fields": "keys", "is_label": "mode",
    "target_resolution": "pixdim", "num_classes": "out_channels", "output_batch_size": "batch_size",
    "batched_by_transforms": "num_samples", "size": "spatial_size",
  ]
}
