# How tests run under a sanitizer (presets asan and tsan): INCIPIT_SANITIZER_ENVIRONMENT. Both end a test at the first finding.
set(INCIPIT_SANITIZER_ENVIRONMENT "")
set(here ${CMAKE_CURRENT_LIST_DIR})
if(INCIPIT_SANITIZER STREQUAL "asan")
  set(INCIPIT_SANITIZER_ENVIRONMENT
    # verify_asan_link_order: tests/faults loads its library before the sanitizer's.
    "ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:verify_asan_link_order=0"
    "LSAN_OPTIONS=suppressions=${here}/leaks.txt:print_suppressions=0"
    "UBSAN_OPTIONS=print_stacktrace=1")
elseif(INCIPIT_SANITIZER STREQUAL "tsan")
  set(INCIPIT_SANITIZER_ENVIRONMENT
    # ignore_noninstrumented_modules: Qt's locks are futexes that the sanitizer does not see, so what its libraries do to their own memory looks
    # unguarded. What our code does is watched, whoever calls it.
    "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:ignore_noninstrumented_modules=1:suppressions=${here}/races.txt"
    # One thread: the barriers of GCC's OpenMP runtime are futexes, too.
    "OMP_THREAD_LIMIT=1")
endif()
