// Layouts of vocabularies as they are kept in the user's cache, a file for each model, method and settings.
#pragma once

#include "core/inspection/projection.h"

#include <filesystem>

namespace incipit {

std::filesystem::path layoutFile(const std::string& fingerprint, const ProjectionOptions& options);
// Written whole or not at all. A cache that cannot be written costs the layout next time, nothing now.
void keepLayout(const VocabularyLayout& layout);
// Null where there is none, or what is there is none of ours, of another model, or damaged: that file is removed.
std::shared_ptr<const VocabularyLayout> readLayout(const std::string& fingerprint, const ProjectionOptions& options);

// How many tokens of the model a layout is of.
std::int64_t tokensLaidOut(const FrozenModel& model, const ProjectionOptions& options);

}  // namespace incipit
