# A LibTorch that cannot serve is refused in a sentence, one that can is taken: tried on small ones, made up in PyTorch's layout.
#   cmake -DCXX=c++ -DGENERATOR=Ninja -DMAKE_PROGRAM=ninja -DSCRATCH=folder -P libtorch.cmake
cmake_minimum_required(VERSION 3.25)

# make(folder [FLAGS of the compiler]): headers, TorchConfig.cmake and a library with the one function that is linked.
function(make name)
  set(root ${SCRATCH}/${name})
  file(REMOVE_RECURSE ${root})
  file(WRITE ${root}/include/ATen/ATen.h "")
  file(MAKE_DIRECTORY ${root}/lib ${root}/include/torch/csrc/api/include)
  file(WRITE ${root}/share/cmake/Torch/TorchConfig.cmake "message(FATAL_ERROR \"CUDA is not there\")\n")
  file(WRITE ${root}/share/cmake/Torch/TorchConfigVersion.cmake "set(PACKAGE_VERSION 2.15.0)\n")
  file(WRITE ${root}/function.cpp "#include <string>\nnamespace at { std::string get_parallel_info() { return {}; } }\n")
  foreach(library torch_cpu c10)
    execute_process(COMMAND ${CXX} -shared -fPIC ${ARGN} -o ${root}/lib/lib${library}.so ${root}/function.cpp COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endfunction()

# says(folder status pattern): configuring against it ends so, and says so.
function(says name expected pattern)
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/libtorch -B ${SCRATCH}/${name}/build -G ${GENERATOR}
    -DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM} -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_PREFIX_PATH=${SCRATCH}/${name}/share/cmake
    RESULT_VARIABLE status OUTPUT_VARIABLE words ERROR_VARIABLE words)
  string(REGEX REPLACE "[ \n]+" " " words "${words}")
  if(NOT status EQUAL expected OR NOT words MATCHES "${pattern}")
    message(FATAL_ERROR "${name}: cmake ended with ${status} in place of ${expected}, or without \"${pattern}\":\n${words}")
  endif()
endfunction()

make(good)
says(good 0 "LibTorch 2.15.0: ")

# A copy of OpenMP's runtime under a name of its own is made the only one.
make(own_openmp)
file(WRITE ${SCRATCH}/own_openmp/lib/libgomp-a34b3233.so.1 "")
says(own_openmp 0 "LibTorch 2.15.0: ")
file(READ_SYMLINK ${SCRATCH}/own_openmp/build/openmp/libgomp.so.1 target)
if(NOT target MATCHES "libgomp-a34b3233")
  message(FATAL_ERROR "libgomp.so.1 leads to ${target}")
endif()

make(named_old_abi)
file(APPEND ${SCRATCH}/named_old_abi/share/cmake/Torch/TorchConfig.cmake "set(TORCH_CXX_FLAGS \"-D_GLIBCXX_USE_CXX11_ABI=0\")\n")
says(named_old_abi 1 "is built for the old C\\+\\+ ABI")

make(old_abi -D_GLIBCXX_USE_CXX11_ABI=0)
says(old_abi 1 "A program cannot be linked with the LibTorch 2.15.0 of")

make(no_headers)
file(REMOVE_RECURSE ${SCRATCH}/no_headers/include)
says(no_headers 1 "has no headers")

# Built for CUDA: NVIDIA's toolkit is not asked for; without it and without a driver, for the processor alone.
make(cuda)
foreach(library torch_cuda c10_cuda)
  file(COPY_FILE ${SCRATCH}/cuda/lib/libc10.so ${SCRATCH}/cuda/lib/lib${library}.so)
endforeach()
says(cuda 0 "built for the processor alone|for a GPU")
