# Warnings, sanitizers, the faster linker and ccache when they are there.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(PAWL_CCACHE ccache)
if(PAWL_CCACHE)
  # A precompiled header is only cached when ccache may ignore its time stamps.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${PAWL_CCACHE})
endif()
find_program(PAWL_MOLD mold)
if(PAWL_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()

add_library(pawl_options INTERFACE)
add_library(pawl::options ALIAS pawl_options)
target_include_directories(pawl_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(pawl_options INTERFACE PAWL_VERSION="${PROJECT_VERSION}")
target_compile_options(pawl_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A precompiled header that ccache can reuse.
  target_compile_options(pawl_options INTERFACE -fpch-preprocess)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # [gcc 12] -Wmaybe-uninitialized, -Wrestrict and -Wstringop-* misfire inside std::variant and std::string at -O2.
  target_compile_options(pawl_options INTERFACE
    -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
endif()
if(PAWL_SANITIZE)
  add_compile_options(-fsanitize=${PAWL_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PAWL_SANITIZE})
  if(PAWL_SANITIZE MATCHES thread)
    # Boost.Asio fences with std::atomic_thread_fence, which TSan does not follow; gcc 12 warns about it.
    add_compile_options(-Wno-tsan)
  endif()
endif()
