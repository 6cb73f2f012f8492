# pawl_library(engine/store DEPENDS ...): the library pawl_engine_store (alias pawl::engine_store) of every .cpp
# in that folder and below, but not in a deeper folder that is a library of its own.
function(pawl_library folder)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  if(sources)
    add_library(pawl_${name} STATIC ${sources})
    target_link_libraries(pawl_${name} PUBLIC pawl::options ${ARG_DEPENDS} Threads::Threads)
    if(EXISTS ${CMAKE_SOURCE_DIR}/cmake/precompiled.h AND NOT PAWL_NO_PCH)
      target_precompile_headers(pawl_${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
    endif()
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
