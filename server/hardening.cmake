# How every object of this tree is compiled and linked, generated code and the emulator included. Included once, before
# any target: precompiled headers and the targets that use them need the same flags. tests/e2e/hardening_test.py reads
# the flags off the two programs.
#
# A failed check ends the process by SIGABRT instead of letting an attacker go on.
add_compile_definitions(_GLIBCXX_ASSERTIONS)  # indices and empty containers of libstdc++
if(FIRSTMILE_SANITIZE)
  return()  # Sanitizers see more when nothing is zeroed and memcpy is theirs.
endif()

include(CheckCXXCompilerFlag)
foreach(flag IN ITEMS -fcf-protection -mbranch-protection=standard -fstack-clash-protection)  # not on each processor
  string(MAKE_C_IDENTIFIER "FIRSTMILE_HAS${flag}" supported)
  check_cxx_compiler_flag("-Werror ${flag}" ${supported})
  if(${supported})
    add_compile_options(${flag})
  endif()
endforeach()
add_compile_options(-fPIE -fstack-protector-strong -ftrivial-auto-var-init=zero)

# glibc takes sizes from the optimizer, and warns without it. Some distributions' compilers define a lower level.
set(optimized $<CONFIG:Release,RelWithDebInfo,MinSizeRel>)
add_compile_options($<${optimized}:-U_FORTIFY_SOURCE> $<${optimized}:-D_FORTIFY_SOURCE=3>)

add_link_options(-pie LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack LINKER:-z,separate-code)
