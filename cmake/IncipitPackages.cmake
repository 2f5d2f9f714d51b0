# Every package the project stands on, found once.
find_package(Threads REQUIRED)
find_package(nlohmann_json 3.10 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(LIBARCHIVE REQUIRED IMPORTED_TARGET libarchive)
if(INCIPIT_FUZZ)
  return() # readers need no more
endif()
include(IncipitTorch)
find_package(CLI11 REQUIRED)
# oneDNN: found by hand, since Debian's dnnl-config.cmake asks for OpenCL too. LibTorch has one inside, whose functions it keeps to itself but
# whose headers it brings, of another version: ours are those beside the library, through links that stand before LibTorch's on the list.
find_library(DNNL_LIBRARY NAMES libdnnl.so REQUIRED)
get_filename_component(dnnl_folder ${DNNL_LIBRARY} DIRECTORY)
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp REQUIRED NO_DEFAULT_PATH PATHS ${dnnl_folder}/../include ${dnnl_folder}/../../include)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/dnnl/oneapi)
file(CREATE_LINK ${DNNL_INCLUDE_DIR}/dnnl.hpp ${PROJECT_BINARY_DIR}/dnnl/dnnl.hpp SYMBOLIC)
file(CREATE_LINK ${DNNL_INCLUDE_DIR}/oneapi/dnnl ${PROJECT_BINARY_DIR}/dnnl/oneapi/dnnl SYMBOLIC)
add_library(incipit_dnnl INTERFACE)
target_include_directories(incipit_dnnl SYSTEM INTERFACE ${PROJECT_BINARY_DIR}/dnnl)
target_link_libraries(incipit_dnnl INTERFACE ${DNNL_LIBRARY})
# ... some of its templates, which go by the same names in both (gemm_info_t::jit_init): whoever comes first gives them to the other. LibTorch
# multiplies by MKL, we by oneDNN, so the system's comes first, as an option in front of all libraries; behind LibTorch some products fail.
target_link_options(incipit_torch INTERFACE "-Wl,--push-state,--no-as-needed,${DNNL_LIBRARY},--pop-state")

if(INCIPIT_GUI)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core DBus Gui Widgets PrintSupport Svg Test LinguistTools)
  find_package(QCustomPlotQt6 REQUIRED)
endif()
