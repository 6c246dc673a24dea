#pragma once

#include "voxels.h"
