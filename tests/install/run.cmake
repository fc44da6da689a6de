# SPDX-License-Identifier: BSL-1.0
# Installs `build` into a fresh prefix, then builds and runs the consumer on it and on `source`.
set(scratch ${build}/install-test)
file(REMOVE_RECURSE ${scratch})

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install ${build} --prefix ${scratch}/prefix)
file(GLOB top LIST_DIRECTORIES TRUE RELATIVE ${scratch}/prefix ${scratch}/prefix/*)
if(NOT top STREQUAL "include;share")
  message(FATAL_ERROR "installed into: ${top}")
endif()

function(consume way option)
  run(${CMAKE_COMMAND} -S ${source}/tests/install -B ${scratch}/${way} -G ${generator}
      -DCMAKE_CXX_COMPILER=${compiler} -DCMAKE_BUILD_TYPE=Debug ${option})
  run(${CMAKE_COMMAND} --build ${scratch}/${way})
  run(${scratch}/${way}/consumer)
endfunction()

consume(installed -DCMAKE_PREFIX_PATH=${scratch}/prefix)
consume(from_source -DTAPELESS_SOURCE=${source})
