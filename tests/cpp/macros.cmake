# Checks that milvus_client.hpp defines no macro but its include guard: what it includes is included without it, and
# the macros of both are compared. COMPILER, FLAGS, HEADER and SCRATCH come from the command line.
function(macros source out)
  file(WRITE "${SCRATCH}.cpp" "${source}")
  execute_process(COMMAND ${COMPILER} ${FLAGS} -dM -E -x c++ "${SCRATCH}.cpp"
    OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "#define [A-Za-z_0-9]+" names "${text}")
  set(${out} "${names}" PARENT_SCOPE)
endfunction()

file(STRINGS "${HEADER}" includes REGEX "^ *#include [<\"]")
list(JOIN includes "\n" includes)
macros("${includes}\n" before)
macros("#include <milvus_client.hpp>\n" after)
list(LENGTH before count)
if(count LESS 300)
  message(FATAL_ERROR "only ${count} macros were found: this test does not work")
endif()
list(REMOVE_ITEM after ${before})
if(NOT after STREQUAL "#define MILVUS_CLIENT_HPP")
  message(FATAL_ERROR "the header leaves behind: ${after}")
endif()
