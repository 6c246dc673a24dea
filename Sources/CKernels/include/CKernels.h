#pragma once
#include "resample.h"
#include "volume.h"
