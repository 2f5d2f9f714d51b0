// One source, compiled for several processors; the loader picks the best at start-up. Nothing is built with -march=native.
#pragma once

// Sanitizers instrument the resolver, which runs before they are ready; other compilers get the plain version.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define INCIPIT_MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define INCIPIT_MULTIVERSION
#endif

// Helpers of a multiversioned function must be compiled with it, so they are inlined into it.
#define INCIPIT_INLINE inline __attribute__((always_inline))
// The same for a lambda, behind its parameters: [&](auto x) INCIPIT_INLINE_LAMBDA { ... }.
#define INCIPIT_INLINE_LAMBDA __attribute__((always_inline))
