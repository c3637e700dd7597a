# Unit tests: tests/unit/test_<thing>.c is a program of its own, build/debug/tests/test_<thing>, and a ctest.
# The other C files there are linked into each; failmalloc.c gets every allocation and can make the n-th fail.

pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
enable_testing()

file(GLOB unit_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/test_*.c)
file(GLOB unit_support CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/*.c)
list(REMOVE_ITEM unit_support ${unit_tests})

add_library(gg_unit_support OBJECT ${unit_support})
target_include_directories(gg_unit_support PRIVATE src include tests/unit)
target_link_libraries(gg_unit_support PRIVATE gg_dynamic_deps PkgConfig::CMOCKA gg_warnings)

add_library(gg_unit_test INTERFACE)
target_include_directories(gg_unit_test INTERFACE src tests/unit)
target_include_directories(gg_unit_test SYSTEM INTERFACE ${LLHTTP_INCLUDE})
target_sources(gg_unit_test INTERFACE $<TARGET_OBJECTS:gg_unit_support>)
target_link_libraries(gg_unit_test INTERFACE gg_test_gen gg_tls_archive gg_dynamic_deps PkgConfig::CMOCKA gg_warnings)
target_link_options(gg_unit_test INTERFACE -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=uv_thread_create)

foreach(source ${unit_tests})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    target_link_libraries(${name} PRIVATE gg_unit_test)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endforeach()

# Programs for the end-to-end tests, beside test-server.
gg_program(test-gateway INTERNAL SOURCES ${PROJECT_SOURCE_DIR}/tests/gateway/*.c INCLUDE ${PROJECT_SOURCE_DIR}/tests/gen)
target_link_libraries(test-gateway PRIVATE gg_test_gen)
gg_program(test-load INTERNAL SOURCES ${PROJECT_SOURCE_DIR}/tests/load/*.c INCLUDE ${PROJECT_SOURCE_DIR}/tests/gen)
target_link_libraries(test-load PRIVATE gg_test_gen)
# The public client, against any server of test.v1.Streaming or an app of its own.
gg_program(test-client TLS
    SOURCES ${PROJECT_SOURCE_DIR}/tests/client/*.c ${PROJECT_SOURCE_DIR}/tests/programs/streams.c
            ${PROJECT_SOURCE_DIR}/tests/programs/streams_blocking.c ${PROJECT_SOURCE_DIR}/tests/programs/intercept.c
            ${PROJECT_SOURCE_DIR}/examples/ping/log.c
    INCLUDE ${PROJECT_SOURCE_DIR}/tests/gen ${PROJECT_SOURCE_DIR}/tests/programs ${PROJECT_SOURCE_DIR}/examples/ping
            ${ping_include})
target_link_libraries(test-client PRIVATE gg_test_gen)
