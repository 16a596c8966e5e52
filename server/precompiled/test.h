// What tests without gRPC include most.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "precompiled/contract.h"
