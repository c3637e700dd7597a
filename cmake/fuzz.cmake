# Fuzz targets: tests/fuzz/fuzz_<target>.c is a program of its own, build/fuzz/bin/fuzz_<target>, made by clang from the same
# sources as everything else, with libFuzzer, ASan and UBSan.  Only with the preset `fuzz`.

enable_language(CXX)
set(CMAKE_CXX_STANDARD 17)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(PROTOBUF REQUIRED IMPORTED_TARGET protobuf)
find_program(PROTOC protoc REQUIRED)

set(fuzz_proto ${PROJECT_SOURCE_DIR}/tests/differential/proto)
set(fuzz_set ${PROJECT_BINARY_DIR}/every.pb)
set(fuzz_gen ${PROJECT_BINARY_DIR}/gen)
file(MAKE_DIRECTORY ${fuzz_gen})
add_custom_command(OUTPUT ${fuzz_set} ${fuzz_gen}/every.pb.cc ${fuzz_gen}/every2.pb.cc
    COMMAND ${PROTOC} -I ${fuzz_proto} --cpp_out ${fuzz_gen} --include_imports -o ${fuzz_set} every2.proto every.proto
    DEPENDS ${fuzz_proto}/every.proto ${fuzz_proto}/every2.proto VERBATIM)

add_library(gg_fuzz OBJECT tests/fuzz/fuzz.c tests/fuzz/frames.c tests/fuzz/peer.cc ${fuzz_gen}/every.pb.cc ${fuzz_gen}/every2.pb.cc)
target_include_directories(gg_fuzz PRIVATE ${fuzz_gen} src)
target_compile_definitions(gg_fuzz PRIVATE GG_FUZZ_SET="${fuzz_set}")
target_link_libraries(gg_fuzz PRIVATE gg_dynamic_deps PkgConfig::PROTOBUF)
target_compile_options(gg_fuzz PRIVATE $<$<COMPILE_LANGUAGE:C>:-Wall -Wextra>)

add_custom_target(fuzz)
file(GLOB fuzz_targets CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/fuzz_*.c)
foreach(source ${fuzz_targets})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} EXCLUDE_FROM_ALL ${source} $<TARGET_OBJECTS:gg_fuzz>)
    target_link_libraries(${name} PRIVATE gg_dynamic_deps gg_warnings PkgConfig::JANSSON PkgConfig::PROTOBUF)
    target_include_directories(${name} PRIVATE src) # codecs are not public
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
    add_dependencies(fuzz ${name})
endforeach()
