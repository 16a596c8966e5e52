// What tests that speak gRPC include most.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "precompiled/grpc.h"
