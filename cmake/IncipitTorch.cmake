# LibTorch as the target incipit_torch: a distribution's package (Debian's libtorch-dev), or PyTorch's own layout, which an unpacked download
# and the folder inside `pip install torch` share. What is wrong with it is said in a sentence here, not by the compiler later.

# TorchConfig.cmake is looked for, not read: where LibTorch is built for CUDA it stops CMake unless NVIDIA's toolkit is installed, of which
# nothing here is used.
find_package(Torch QUIET CONFIGS TorchConfigVersion.cmake)
if(NOT Torch_DIR OR NOT EXISTS ${Torch_DIR}/TorchConfig.cmake)
  message(FATAL_ERROR "LibTorch was not found. Install libtorch-dev, or pass -DCMAKE_PREFIX_PATH=/path/to/libtorch; for the one inside pip's "
    "torch: -DCMAKE_PREFIX_PATH=\"$(python3 -c 'import torch; print(torch.utils.cmake_prefix_path)')\".")
endif()
set(INCIPIT_TORCH_VERSION ${PACKAGE_VERSION})

add_library(incipit_torch INTERFACE IMPORTED) # imported, so that the check below may link it
get_filename_component(torch_root ${Torch_DIR}/../../.. ABSOLUTE)
if(EXISTS ${torch_root}/lib/libtorch_cpu.so)
  file(STRINGS ${Torch_DIR}/TorchConfig.cmake old_abi REGEX "_GLIBCXX_USE_CXX11_ABI=0")
  if(old_abi)
    message(FATAL_ERROR "The LibTorch in ${torch_root} is built for the old C++ ABI, which nothing else here is: take the download that says "
      "'cxx11 ABI', or a newer one (from 2.7 on pip's has the new ABI).")
  endif()
  foreach(header ATen/ATen.h torch/csrc/api/include)
    if(NOT EXISTS ${torch_root}/include/${header})
      message(FATAL_ERROR "The LibTorch in ${torch_root} has no headers (include/${header} is missing): install it anew, or take another.")
    endif()
  endforeach()
  # As system headers, so that they never raise our warnings.
  target_include_directories(incipit_torch SYSTEM INTERFACE ${torch_root}/include ${torch_root}/include/torch/csrc/api/include)
  target_link_libraries(incipit_torch INTERFACE ${torch_root}/lib/libtorch_cpu.so ${torch_root}/lib/libc10.so)

  if(EXISTS ${torch_root}/lib/libtorch_cuda.so)
    find_library(NVIDIA_DRIVER NAMES libcuda.so.1)
    find_program(NVIDIA_COMPILER nvcc PATHS /usr/local/cuda/bin)
    mark_as_advanced(NVIDIA_DRIVER NVIDIA_COMPILER)
    set(gpu_here OFF)
    if(NVIDIA_DRIVER OR NVIDIA_COMPILER)
      set(gpu_here ON)
    endif()
    option(INCIPIT_CUDA "Load LibTorch's part for CUDA, a gigabyte that only a GPU makes use of" ${gpu_here})
    if(INCIPIT_CUDA)
      # It registers itself when it is loaded; no symbol of it is called, so the linker has to be told to keep it.
      target_link_libraries(incipit_torch INTERFACE
        "-Wl,--push-state,--no-as-needed,${torch_root}/lib/libc10_cuda.so,${torch_root}/lib/libtorch_cuda.so,--pop-state")
      message(STATUS "LibTorch is built for CUDA, for a GPU and the processor (-DINCIPIT_CUDA=OFF for the processor alone)")
    else()
      message(STATUS "LibTorch is built for CUDA, but there is no driver or toolkit of NVIDIA's here: built for the processor alone "
        "(-DINCIPIT_CUDA=ON for a GPU)")
    endif()
  endif()

  # A copy of GCC's OpenMP runtime under a name of its own (libgomp-a34b3233.so.1) would be loaded beside the system's, and the threads of
  # both would get in each other's way. The loader takes a file for loaded when it is, by whatever name: this name leads to the copy.
  file(GLOB own_openmp ${torch_root}/lib/libgomp-*.so.1 ${torch_root}/../torch.libs/libgomp-*.so*)
  if(own_openmp)
    list(GET own_openmp 0 own_openmp)
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/openmp)
    file(CREATE_LINK ${own_openmp} ${PROJECT_BINARY_DIR}/openmp/libgomp.so.1 SYMBOLIC)
    target_link_options(incipit_torch INTERFACE "-Wl,-rpath,${PROJECT_BINARY_DIR}/openmp")
  endif()

  # Whatever else is wrong (another C++ ABI, libraries that it needs and that are not there) shows when one function of it is linked.
  # Declared here, since LibTorch's headers take seconds to read.
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_LIBRARIES incipit_torch)
  check_cxx_source_compiles("
    #include <string>
    namespace at { std::string get_parallel_info(); }
    int main() { return at::get_parallel_info().empty(); }" INCIPIT_TORCH_LINKS)
  unset(CMAKE_REQUIRED_LIBRARIES)
  if(NOT INCIPIT_TORCH_LINKS)
    unset(INCIPIT_TORCH_LINKS CACHE) # so that it is tried again once it is mended
    message(FATAL_ERROR "A program cannot be linked with the LibTorch ${INCIPIT_TORCH_VERSION} of ${Torch_DIR}: it is built for another C++ ABI, "
      "or libraries that it needs are missing. The linker's words are in ${CMAKE_BINARY_DIR}/CMakeFiles.")
  endif()
else()
  find_package(Torch REQUIRED)
  target_link_libraries(incipit_torch INTERFACE ${TORCH_LIBRARIES})
  target_include_directories(incipit_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
endif()

# at::parallel_for is a template of LibTorch's headers: compiled without OpenMP it is a plain loop on one thread and says nothing. Only with
# GCC, whose OpenMP runtime is the one that LibTorch brings; a second one in the process would have threads of its own.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(incipit_torch INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fopenmp>)
  target_link_options(incipit_torch INTERFACE -fopenmp)
endif()

message(STATUS "LibTorch ${INCIPIT_TORCH_VERSION}: ${Torch_DIR}")
