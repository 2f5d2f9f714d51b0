# Every package the project stands on, found once.
find_package(Threads REQUIRED)
# Debian's, or with CMAKE_PREFIX_PATH=/path/to/libtorch an unpacked one, for CUDA too.
find_package(Torch REQUIRED)
if(TORCH_CXX_FLAGS MATCHES "CXX11_ABI=0")
  message(FATAL_ERROR "The LibTorch in ${TORCH_INSTALL_PREFIX} is built for the old C++ ABI, which nothing else here is. "
    "Take the download that says 'cxx11 ABI', or a newer one.")
endif()
find_package(nlohmann_json 3.10 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(LIBARCHIVE REQUIRED IMPORTED_TARGET libarchive)
# oneDNN: found by hand, since Debian's dnnl-config.cmake asks for OpenCL too.
find_path(DNNL_INCLUDE_DIR dnnl.hpp REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
add_library(incipit_dnnl INTERFACE)
target_include_directories(incipit_dnnl SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})
target_link_libraries(incipit_dnnl INTERFACE ${DNNL_LIBRARY})

if(INCIPIT_GUI)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core DBus Gui Widgets PrintSupport Svg Test LinguistTools)
  find_package(QCustomPlotQt6 REQUIRED)
endif()

# LibTorch as a system-include target of our own, so that its headers never raise our warnings.
add_library(incipit_torch INTERFACE)
target_link_libraries(incipit_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(incipit_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
# at::parallel_for is a template of LibTorch's headers: compiled without OpenMP it is a plain loop on one thread and says nothing. Only with
# GCC, whose OpenMP runtime is the one that LibTorch brings; a second one in the process would have threads of its own.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(incipit_torch INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fopenmp>)
  target_link_options(incipit_torch INTERFACE -fopenmp)
endif()
