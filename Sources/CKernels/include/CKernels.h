#pragma once
#include "adam.h"
