#pragma once

#include "adam.h"
#include "resample.h"
#include "volume.h"
#include "voxels.h"
