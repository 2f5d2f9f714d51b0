// A run's curves as an event file that TensorBoard reads: records of TensorFlow's Event message (tensorflow/core/util/event.proto) in the
// framing of its record files (length, masked CRC-32C of it, message, masked CRC-32C of that).
#pragma once

#include "core/runs/run_folder.h"

#include <filesystem>
#include <string>

namespace incipit {

// Scalars train/loss, train/learning_rate, train/gradient_norm, validation/loss, validation/accuracy, validation/f1_macro,
// validation/label_loss; times from the run's start on.
std::string tensorBoardEvents(const RunRecord& run);
// The file below `folder`/<run's name>, as one of TensorBoard's runs; returns it. Throws FileError.
std::filesystem::path writeTensorBoard(const RunRecord& run, const std::filesystem::path& folder);

}  // namespace incipit
