// A text put to a model and its labels ranked, by its head or by the words: what the playground shows and what it looks for.
#pragma once

#include "core/dataset/examples.h"
#include "core/prompt/soft_prompt.h"
#include "ui/generation/class_bars.h"

#include <memory>
#include <string>
#include <vector>

namespace incipit::ui {

struct OpenModel;

// Who is asked, and how the text is put.
struct Asking {
  std::shared_ptr<const OpenModel> model;  // with a tokenizer
  SoftPrompt prompt;                       // empty: the bare model
  DataSettings meant;                      // chat template, system text, day
};

// A model with a head is asked for its own classes, and has none before training has made a head; any other ranks `labels`.
std::vector<ClassShare> classesOf(const Asking& asking, const std::string& text, const std::vector<std::string>& labels);

}  // namespace incipit::ui
