# Two functions build everything: a room of core, and a test.

# incipit_room(tokenizer USES support LINKS PkgConfig::PCRE2)
#   One room of core as a static library `incipit_<room>` from every .cpp below the folder.
#   USES names the rooms below it on the ladder (core/README.md); LINKS names packages.
function(incipit_room room)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${room}/*.cpp)
  if(NOT sources)
    add_library(incipit_${room} INTERFACE)
    return()
  endif()
  add_library(incipit_${room} STATIC ${sources})
  target_link_libraries(incipit_${room} PUBLIC incipit_settings)
  foreach(lower IN LISTS ROOM_USES)
    target_link_libraries(incipit_${room} PUBLIC incipit_${lower})
  endforeach()
  target_link_libraries(incipit_${room} PRIVATE ${ROOM_LINKS})
endfunction()

# incipit_test(core/tokenizer/tst_bpe.cpp LINKS incipit_tokenizer)
#   One executable and one ctest entry a file. Core tests are written against tests/harness/harness.h and run under Qt Test when
#   the studio is built and under a plain runner when it is not; ui tests are Qt Test classes of their own.
function(incipit_test source)
  cmake_parse_arguments(TEST "" "" "LINKS" ${ARGN})
  string(REGEX REPLACE "/tst_|/" "_" name ${source})
  string(REGEX REPLACE "\\.cpp$" "" name ${name})
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE incipit_settings ${TEST_LINKS})
  if(source MATCHES "^ui/")
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_link_libraries(${name} PRIVATE Qt6::Test)
    target_compile_definitions(${name} PRIVATE INCIPIT_FIXTURES_DIR="${PROJECT_SOURCE_DIR}/tests/fixtures")
  else()
    target_link_libraries(${name} PRIVATE incipit_harness)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  # Qt's screen for tests is 800 x 800, smaller than the window, and Qt 6.8 brings a remembered window back to its screen's size.
  set(screen offscreen)
  if(source MATCHES "^ui/")
    set(screen "offscreen:configfile=${PROJECT_SOURCE_DIR}/tests/ui/screen.json")
  endif()
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "QT_QPA_PLATFORM=${screen};OMP_WAIT_POLICY=PASSIVE" TIMEOUT 600)
endfunction()
