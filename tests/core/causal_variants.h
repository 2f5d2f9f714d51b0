// The fixtures of decoder-only models (tests/fixtures/README.md says what each holds).
#pragma once

#include <string>
#include <vector>

namespace incipit::test {

// Every fixture of a decoder-only model: one family after another, then what is special about files and configurations.
inline const std::vector<std::string> causalVariants{
    "gpt2",       "gpt2_bin",    "gpt2_hub",       "gpt2_sharded",                                //
    "llama",      "llama3_rope", "llama_bf16",     "llama_tied",                                  //
    "mistral",    "qwen2",       "gemma",          "gemma2",        "phi",           "phi3",      //
    "gemma_in_5", "gemma2_in_5",                                                                  // the same families with transformers 5
    "stablelm",   "gpt_neox",    "gptj",           "gpt_neo",       "opt",           "opt_proj",  //
    "bloom",      "falcon",      "gpt_bigcode",                                                   //
    "qwen3",      "llama_yarn",  "llama_longrope", "phi3_longrope", "llama_dynamic",              //
};

// Whose prompts were made with transformers 4, where Gemma multiplied their rows by its embedding's factor.
inline bool hasUnscaledRows(const std::string& variant) { return variant == "gemma" || variant == "gemma2"; }

}  // namespace incipit::test
