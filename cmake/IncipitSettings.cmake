# Language, warnings, compiler cache: what every target of the project shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(INCIPIT_CCACHE ccache)
if(INCIPIT_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${INCIPIT_CCACHE})
endif()

set(INCIPIT_SANITIZER "" CACHE STRING "What the presets asan and tsan build with, so that their tests run with its options (tests/sanitizers)")
set(INCIPIT_TEST_PATIENCE 1 CACHE STRING "Times as long as usual that a test may take")

add_library(incipit_settings INTERFACE)
target_compile_options(incipit_settings INTERFACE -Wall -Wextra -Wpedantic
  # GCC 12 reports string concatenation wrongly (gcc.gnu.org/PR105651)
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
target_include_directories(incipit_settings INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(incipit_settings INTERFACE INCIPIT_VERSION="${PROJECT_VERSION}")

# Fuzz targets: coverage to steer by, and every error of memory or arithmetic ends the program. A float taken as an integer that cannot hold
# it is not among clang's undefined ones by default.
if(INCIPIT_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "The fuzz targets need clang and its libFuzzer (Debian: clang and libclang-rt-dev). Use: cmake --preset fuzz")
  endif()
  set(sanitizers address,undefined,float-cast-overflow)
  target_compile_options(incipit_settings INTERFACE -O1 -gline-tables-only -fno-omit-frame-pointer
    -fsanitize=fuzzer-no-link,${sanitizers} -fno-sanitize-recover=all)
  target_link_options(incipit_settings INTERFACE -fsanitize=${sanitizers})
endif()
