// What the emulator's tests include most.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "precompiled/emulator.h"
