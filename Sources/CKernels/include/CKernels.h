#pragma once

#include "resample.h"
#include "volume.h"
#include "voxels.h"
