# One folder = one static library = one namespace; `aval_library` is the only way to add one.
add_library(aval_options INTERFACE)
target_compile_options(aval_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives of these inside its own headers at -O2 (GCC bugs 105329, 107852).
  target_compile_options(aval_options INTERFACE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-maybe-uninitialized -Wno-dangling-pointer)
else()
  # Clang 19 finds libstdc++ 12's own std::stable_sort deprecated.
  target_compile_options(aval_options INTERFACE -Wno-deprecated-declarations)
endif()

set(AVAL_SANITIZE "" CACHE STRING "Comma-separated -fsanitize= list, for example address,undefined")
if(AVAL_SANITIZE)
  add_compile_options(-fsanitize=${AVAL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${AVAL_SANITIZE})
endif()

find_program(AVAL_CCACHE ccache)
if(AVAL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${AVAL_CCACHE})
endif()
find_program(AVAL_MOLD mold)
if(AVAL_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# What programs of ours allocate with; a sanitizer brings its own.
add_library(aval_malloc INTERFACE)
if(NOT AVAL_SANITIZE)
  find_library(AVAL_JEMALLOC jemalloc REQUIRED)
  target_link_libraries(aval_malloc INTERFACE ${AVAL_JEMALLOC})
endif()

set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)

# aval_library(name SOURCES ... HEADERS ... DEPS ... PRIVATE_DEPS ...): library `aval_<name>` whose
# headers are included as "<folder>/<header>".
function(aval_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;HEADERS;DEPS;PRIVATE_DEPS")
  add_library(aval_${name} STATIC ${arg_SOURCES})
  target_sources(aval_${name} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES
                                     ${arg_HEADERS})
  target_link_libraries(aval_${name} PUBLIC ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS} aval_options)
endfunction()

# aval_protobuf(name FILES...): library `aval_<name>` of the classes of those .proto files, included
# as "<folder>/<file>.pb.h". Built without our warnings: nobody here writes that code.
function(aval_protobuf name)
  find_package(Protobuf REQUIRED)
  set(generated "${PROJECT_BINARY_DIR}/generated")
  file(MAKE_DIRECTORY "${generated}")
  set(sources)
  foreach(file IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH file NORMALIZE OUTPUT_VARIABLE absolute)
    cmake_path(RELATIVE_PATH absolute BASE_DIRECTORY "${PROJECT_SOURCE_DIR}" OUTPUT_VARIABLE relative)
    cmake_path(REPLACE_EXTENSION relative LAST_ONLY "pb.cc" OUTPUT_VARIABLE source)
    cmake_path(REPLACE_EXTENSION relative LAST_ONLY "pb.h" OUTPUT_VARIABLE header)
    add_custom_command(
      OUTPUT "${generated}/${source}" "${generated}/${header}"
      COMMAND protobuf::protoc --proto_path=${PROJECT_SOURCE_DIR} --cpp_out=${generated} ${relative}
      DEPENDS "${absolute}" protobuf::protoc
      WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
    list(APPEND sources "${generated}/${source}")
  endforeach()
  add_library(aval_${name} STATIC ${sources})
  target_include_directories(aval_${name} SYSTEM PUBLIC "${generated}")
  target_link_libraries(aval_${name} PUBLIC protobuf::libprotobuf)
endfunction()

# aval_test(name SOURCES ... DEPS ... LABELS ...): one GoogleTest + RapidCheck binary. Without a label
# its tests have the label `unit`.
function(aval_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS;LABELS")
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(${name} PRIVATE AVAL_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  target_link_libraries(${name} PRIVATE ${arg_DEPS} rapidcheck rapidcheck_gtest GTest::gmock GTest::gtest_main aval_options)
  gtest_discover_tests(${name} NO_PRETTY_VALUES PROPERTIES LABELS "${arg_LABELS}" DISCOVERY_TIMEOUT 60)
endfunction()
