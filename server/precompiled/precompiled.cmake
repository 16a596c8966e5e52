# Precompiled headers. Not CMake's own target_precompile_headers: its command lines hold paths of the tree, so that two
# trees cannot share a compiler cache. A file still includes all that it uses: `./dev lint` reads each without them.
option(FIRSTMILE_PRECOMPILED_HEADERS "Compile with precompiled headers (Clang only)" ON)

# firstmile_precompile(KIND [HEADER FILE] LIBRARIES...): compiles FILE, by default KIND.h, with the options of the calling
# folder and as a target that links LIBRARIES sees it.
function(firstmile_precompile kind)
  cmake_parse_arguments(arg "" "HEADER" "LIBRARIES" ${ARGN})
  if(NOT FIRSTMILE_PRECOMPILED_HEADERS OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    return()
  endif()
  set(folder ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
  set(header ${folder}/${kind}.h)
  if(arg_HEADER)
    set(header ${folder}/${arg_HEADER})
  endif()
  set(target firstmile_precompiled_${kind})
  add_library(${target} OBJECT ${header})
  set_source_files_properties(${header} PROPERTIES LANGUAGE CXX
    COMPILE_OPTIONS "-x;c++-header;-Xclang;-fno-pch-timestamp;-fpch-instantiate-templates")
  set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER ${folder}/compile_header.sh)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/server)
  target_link_libraries(${target} PRIVATE ${arg_LIBRARIES})
  # What depends on an object library waits for its dependencies alone, what depends on this waits for the header.
  add_custom_target(${target}_compiled DEPENDS $<TARGET_OBJECTS:${target}>)
endfunction()

# Compiles `target` with the header of KIND, if there is one. Both have the same options, but for warnings.
function(firstmile_use_precompiled target kind)
  set(precompiled firstmile_precompiled_${kind})
  if(NOT TARGET ${precompiled})
    return()
  endif()
  add_dependencies(${target} ${precompiled}_compiled)
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -include-pch -Xclang $<TARGET_OBJECTS:${precompiled}>>)
endfunction()
