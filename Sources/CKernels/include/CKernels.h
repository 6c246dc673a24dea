#pragma once
#include "adam.h"
#include "momentum.h"
