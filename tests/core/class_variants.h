// The fixtures of models that classify (tests/fixtures/README.md says what each holds).
#pragma once

#include <string>
#include <vector>

namespace incipit::test {

inline const std::vector<std::string> classVariants{"gpt2_seqcls", "llama_seqcls", "opt_seqcls", "bert_seqcls", "roberta_seqcls"};
// Those whose adapter files PEFT 0.20 itself wrote.
inline const std::vector<std::string> classAdaptersOfPeft{"gpt2_seqcls", "llama_seqcls", "opt_seqcls", "bert_seqcls"};

}  // namespace incipit::test
