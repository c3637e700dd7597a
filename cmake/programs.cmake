# The programs, in build/bin/.  gg_program(NAME globs...) makes one of all the C files that match.

function(gg_program name)
    cmake_parse_arguments(arg "STATIC;INTERNAL;TLS" "" "SOURCES;INCLUDE" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${arg_SOURCES})
    if(NOT sources)
        return()
    endif()
    add_executable(${name} ${sources})
    target_include_directories(${name} PRIVATE ${arg_INCLUDE})
    if(arg_INTERNAL) # uses headers of src/ too
        target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
        target_compile_definitions(${name} PRIVATE GG_VERSION="${PROJECT_VERSION}")
    endif()
    if(arg_TLS)
        target_link_libraries(${name} PRIVATE gg_tls_archive)
    endif()
    if(arg_STATIC)
        target_link_libraries(${name} PRIVATE gg_static_deps)
    else()
        target_link_libraries(${name} PRIVATE gg_dynamic_deps)
    endif()
    target_link_libraries(${name} PRIVATE gg_warnings)
endfunction()

set(ping_sources ${PROJECT_SOURCE_DIR}/examples/ping/*.c)
set(ping_include ${PROJECT_SOURCE_DIR}/examples/ping/gen)

foreach(plugin protoc-gen-gg protoc-gen-openapiv2)
    gg_program(${plugin} INTERNAL
        SOURCES ${PROJECT_SOURCE_DIR}/cmd/${plugin}/*.c ${PROJECT_SOURCE_DIR}/cmd/plugin/*.c
        INCLUDE ${PROJECT_SOURCE_DIR}/cmd)
endforeach()
set(gateway_sources ${PROJECT_SOURCE_DIR}/cmd/lambda-grpc-gateway/*.c)
gg_program(lambda-grpc-gateway INTERNAL SOURCES ${gateway_sources})
gg_program(ping SOURCES ${ping_sources} INCLUDE ${ping_include})
set(routeguide ${PROJECT_SOURCE_DIR}/examples/routeguide)
gg_program(routeguide-server SOURCES ${routeguide}/server.c ${routeguide}/guide/*.c ${routeguide}/gen/*.c
    INCLUDE ${routeguide} ${routeguide}/gen)
gg_program(routeguide-client SOURCES ${routeguide}/client/*.c ${routeguide}/guide/*.c ${routeguide}/gen/*.c
    INCLUDE ${routeguide} ${routeguide}/gen)
gg_program(test-filter SOURCES ${PROJECT_SOURCE_DIR}/tests/differential/*.c)
gg_program(bench-server
    SOURCES ${PROJECT_SOURCE_DIR}/bench/server.c ${PROJECT_SOURCE_DIR}/bench/gen/*.c
            ${PROJECT_SOURCE_DIR}/examples/ping/ping.c ${PROJECT_SOURCE_DIR}/examples/ping/log.c
            ${PROJECT_SOURCE_DIR}/examples/ping/gen/*.c
    INCLUDE ${PROJECT_SOURCE_DIR}/bench/gen ${PROJECT_SOURCE_DIR}/examples/ping ${ping_include})
add_executable(grpc-load bench/load/main.c bench/load/calls.c) # tests/e2e/test_bench.py tries it
target_link_libraries(grpc-load PRIVATE PkgConfig::NGHTTP2 gg_warnings)
# What protobuf's conformance suite tests, in the release build too (tests/conformance/run).
gg_program(conformance-testee SOURCES ${PROJECT_SOURCE_DIR}/tests/conformance/testee.c)
# What the end-to-end tests drive: services generated from tests/proto, in one library, with the logging interceptor of
# ping.  In the release build too (tests/h2spec/run).
file(GLOB_RECURSE test_gen CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/gen/*.c)
add_library(gg_test_gen STATIC ${test_gen})
target_include_directories(gg_test_gen PUBLIC tests/gen)
target_link_libraries(gg_test_gen PUBLIC gg_dynamic_deps PRIVATE gg_warnings)
gg_program(test-server TLS
    SOURCES ${PROJECT_SOURCE_DIR}/tests/programs/*.c ${PROJECT_SOURCE_DIR}/examples/ping/log.c
    INCLUDE ${PROJECT_SOURCE_DIR}/examples/ping ${ping_include})
target_link_libraries(test-server PRIVATE gg_test_gen)
if(NOT GG_SANITIZE) # the sanitizers have no static programs, and a bare peer is measured without them
    # What `make build-lambda-zip` packs: small, and a linker that warns of what a static program cannot do fails.
    gg_program(ping-static STATIC SOURCES ${ping_sources} INCLUDE ${ping_include})
    gg_program(lambda-grpc-gateway-static STATIC INTERNAL SOURCES ${gateway_sources})
    foreach(program ping-static lambda-grpc-gateway-static)
        target_link_options(${program} PRIVATE -s -Wl,--gc-sections -Wl,--fatal-warnings)
    endforeach()
    add_executable(nghttp2-bare EXCLUDE_FROM_ALL bench/nghttp2_bare.c)
    target_link_libraries(nghttp2-bare PRIVATE PkgConfig::NGHTTP2 gg_warnings)
    add_executable(lambda-stub EXCLUDE_FROM_ALL bench/lambda_stub.c)
    target_link_libraries(lambda-stub PRIVATE gg_warnings)
    add_executable(lambda-floor EXCLUDE_FROM_ALL bench/lambda_floor.c)
    target_link_libraries(lambda-floor PRIVATE gg_warnings)
    target_link_options(lambda-floor PRIVATE -static -s)
    gg_program(transcode-ours SOURCES ${PROJECT_SOURCE_DIR}/bench/json/ours.c ${PROJECT_SOURCE_DIR}/bench/gen/*.c
        INCLUDE ${PROJECT_SOURCE_DIR}/bench/gen)
    set_target_properties(transcode-ours PROPERTIES EXCLUDE_FROM_ALL TRUE)
    gg_program(bench-schema SOURCES ${PROJECT_SOURCE_DIR}/bench/schema.c)
    set_target_properties(bench-schema PROPERTIES EXCLUDE_FROM_ALL TRUE)
    add_library(malloc-count MODULE EXCLUDE_FROM_ALL bench/malloc_count.c)
    set_target_properties(malloc-count PROPERTIES C_VISIBILITY_PRESET default PREFIX "")
    target_link_libraries(malloc-count PRIVATE gg_warnings)
endif()
