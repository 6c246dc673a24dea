import Components

/// Every transform a config may name, in alphabetical order.
public let transformTypes: [any Component.Type] = [
  Activationsd.self,
  AddChanneld.self,
  AsDiscreted.self,
  CropForegroundd.self,
  EnsureChannelFirstd.self,
  Invertd.self,
  LoadImaged.self,
  Orientationd.self,
  RandCropByPosNegLabeld.self,
  RandFlipd.self,
  RandShiftIntensityd.self,
  SaveImaged.self,
  ScaleIntensityRanged.self,
  Spacingd.self,
  ToTensord.self,
]
