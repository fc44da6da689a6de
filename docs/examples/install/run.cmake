# SPDX-License-Identifier: BSL-1.0
# Builds and runs the project in this folder in each way. `build` is a build tree of the library.
set(scratch ${build}/install-examples)
file(REMOVE_RECURSE ${scratch})
file(COPY ${CMAKE_CURRENT_LIST_DIR}/CMakeLists.txt ${source}/tests/install/main.cpp
     DESTINATION ${scratch}/project)
file(CREATE_LINK ${source} ${scratch}/project/tapeless SYMBOLIC)

function(run)
  execute_process(COMMAND ${ARGN} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install ${build} --prefix ${scratch}/prefix)
foreach(way installed copied fetched)
  run(${CMAKE_COMMAND} -S ${scratch}/project -B ${scratch}/${way} -G ${generator} -DWAY=${way}
      -DCMAKE_CXX_COMPILER=${compiler} -DCMAKE_PREFIX_PATH=${scratch}/prefix
      -DFETCHCONTENT_SOURCE_DIR_TAPELESS=${source}) # instead of a download
  run(${CMAKE_COMMAND} --build ${scratch}/${way})
  run(${scratch}/${way}/program)
endforeach()
