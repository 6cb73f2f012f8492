# Nearly every file includes <nlohmann/json.hpp>, which costs more to compile than the file itself. So several files are
# compiled as one (a whole build takes a fifth of the time, and ccache keeps the result, which it can hardly do with a
# precompiled header of 100 MB). PAWL_UNITY=OFF compiles each by itself, with a precompiled header: better for editing
# one file again and again.
option(PAWL_UNITY "Compile several files as one" ON)
set(PAWL_UNITY_FILES 8 CACHE STRING "How many")

function(pawl_compile_together target folder)
  if(NOT PAWL_UNITY)
    target_precompile_headers(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${PAWL_UNITY_FILES})
  # A class of a .cpp may hold what is in that file's unnamed namespace; nobody else includes the file.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
  # Tables that go by the same name in every file of a family.
  get_target_property(sources ${target} SOURCES)
  foreach(alone ${PAWL_COMPILED_ALONE})
    foreach(source ${sources})
      if(source MATCHES "${alone}")
        set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      endif()
    endforeach()
  endforeach()
endfunction()

set(PAWL_COMPILED_ALONE "/asl/state/" "/asl/timestamp.cpp" "/engine/objects/local/uploads.cpp"
    "/engine/objects/s3/multipart_operations.cpp"
    "/engine/jobs/contract_" "/embedded/" "/tests/engine/http/server_")

# pawl_library(engine/store DEPENDS ...): the library pawl_engine_store (alias pawl::engine_store) of every .cpp
# in that folder and below, but not in a deeper folder that is a library of its own.
function(pawl_library folder)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  if(sources)
    add_library(pawl_${name} STATIC ${sources})
    target_link_libraries(pawl_${name} PUBLIC pawl::options ${ARG_DEPENDS} Threads::Threads)
    pawl_compile_together(pawl_${name} ${CMAKE_SOURCE_DIR}/${folder})
  else()
    add_library(pawl_${name} INTERFACE)
    target_link_libraries(pawl_${name} INTERFACE pawl::options ${ARG_DEPENDS} Threads::Threads)
  endif()
  add_library(pawl::${name} ALIAS pawl_${name})
endfunction()

# pawl_embed(target file.py ...): each file's bytes as `extern const std::string_view pawl::embedded::<name_ext>`,
# declared in <embedded/<name_ext>.h>.
function(pawl_embed target)
  foreach(file ${ARGN})
    get_filename_component(base ${file} NAME)
    string(REGEX REPLACE "[^A-Za-z0-9]" "_" symbol ${base})
    set(out ${CMAKE_BINARY_DIR}/embedded/${symbol})
    add_custom_command(OUTPUT ${out}.cpp ${out}.h
      COMMAND ${CMAKE_COMMAND} -DINPUT=${CMAKE_CURRENT_SOURCE_DIR}/${file} -DSYMBOL=${symbol} -DOUT=${out}
              -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
      DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake)
    target_sources(${target} PRIVATE ${out}.cpp ${out}.h)
  endforeach()
  target_include_directories(${target} PUBLIC ${CMAKE_BINARY_DIR})
endfunction()

# pawl_embed_pages(target folder): every .md below the folder as pawl::embedded::pages(), declared in <embedded/pages.h>.
function(pawl_embed_pages target folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.md)
  set(out ${CMAKE_BINARY_DIR}/embedded/pages)
  add_custom_command(OUTPUT ${out}.cpp ${out}.h
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_SOURCE_DIR}/${folder} -DOUT=${out} -P ${CMAKE_SOURCE_DIR}/cmake/embed_pages.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_pages.cmake)
  target_sources(${target} PRIVATE ${out}.cpp ${out}.h)
  target_include_directories(${target} PUBLIC ${CMAKE_BINARY_DIR})
endfunction()
