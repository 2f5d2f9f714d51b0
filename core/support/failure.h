// What to tell a person about an exception, wherever it comes from: for the few places that catch all of them.
#pragma once

#include "core/support/error.h"

#include <exception>

namespace incipit {

// Core's own errors as they are; memory that ran out in any library, and files that the standard library could not reach, as a sentence.
// Anything else as something that was not expected, with the first line of what it says.
Error errorFrom(const std::exception_ptr& failure);

// Whether memory ran out, in C++ or in one of the libraries that have their own words for it.
bool isOutOfMemory(const std::exception& failure);

}  // namespace incipit
