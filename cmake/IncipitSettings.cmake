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

add_library(incipit_settings INTERFACE)
target_compile_options(incipit_settings INTERFACE -Wall -Wextra -Wpedantic
  # GCC 12 reports string concatenation wrongly (gcc.gnu.org/PR105651)
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
target_include_directories(incipit_settings INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(incipit_settings INTERFACE INCIPIT_VERSION="${PROJECT_VERSION}")
