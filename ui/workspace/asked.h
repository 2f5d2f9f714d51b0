// How a text is put to the open model: in the chat, the template and the places that the prompt in view was trained with.
#pragma once

#include "core/dataset/asked_text.h"
#include "core/dataset/examples.h"
#include "core/prompt/soft_prompt.h"

#include <QString>
#include <memory>
#include <string>
#include <utility>

namespace incipit::ui {

struct OpenModel;
struct PromptInView;
struct ReadData;
class Workspace;

// Chat template, system text and day: of a run's prompt those of the run, of the bare model (null) those of the next run.
DataSettings settingsOfAsking(const Workspace& workspace, const std::shared_ptr<const PromptInView>& prompt);

// The text as the model, which has a tokenizer, reads it: in its chat template where one is meant, the prompt where the text or the
// prompt's template has it. An empty prompt is the bare model.
AskedText asked(const OpenModel& model, const SoftPrompt& prompt, const DataSettings& meant, const std::string& text, bool& inChat);

// How the open data's rows become text, as the prompt in view was trained to read them, where the file is its run's. Throws DataError.
DataSettings readingRows(const Workspace& workspace, const ReadData& data);

// A row of a table of text as it is asked, and its label's word. Throws DataError.
std::pair<QString, QString> askedRow(const ReadData& data, std::int64_t row, bool validation, const DataSettings& settings);

}  // namespace incipit::ui
