# Programs for public suites: tests/<suite>/*.c, with code generated from the suite's own services.  Their descriptors are
# not here: `tools/foreign NAME.pb` fetches them into .cache/bin/.  Nothing is built unless asked for by name, after
# configuring again.

function(gg_suite suite)
    cmake_parse_arguments(arg "" "FOLDER" "PROTOS;PROGRAMS" ${ARGN})
    set(descriptors ${PROJECT_SOURCE_DIR}/.cache/bin/${suite}.pb)
    if(NOT EXISTS ${descriptors})
        return()
    endif()
    set(gen ${PROJECT_BINARY_DIR}/gen/${suite})
    file(MAKE_DIRECTORY ${gen})
    list(TRANSFORM arg_PROTOS PREPEND ${arg_FOLDER}/)
    list(TRANSFORM arg_PROTOS APPEND .gg.c OUTPUT_VARIABLE sources)
    list(TRANSFORM sources PREPEND ${gen}/)
    list(TRANSFORM arg_PROTOS APPEND .proto)
    add_custom_command(OUTPUT ${sources} DEPENDS ${descriptors} protoc-gen-gg
        COMMAND protoc --descriptor_set_in=${descriptors} --plugin=protoc-gen-gg=$<TARGET_FILE:protoc-gen-gg>
            --gg_out=${gen} ${arg_PROTOS} VERBATIM)
    add_library(${suite}-gen STATIC EXCLUDE_FROM_ALL ${sources})
    target_include_directories(${suite}-gen PUBLIC ${gen})
    target_link_libraries(${suite}-gen PUBLIC gg_dynamic_deps PRIVATE gg_warnings)
    foreach(program ${arg_PROGRAMS})
        gg_program(${suite}-${program} TLS INTERNAL SOURCES ${PROJECT_SOURCE_DIR}/tests/${suite}/${program}*.c)
        if(TARGET ${suite}-${program})
            set_target_properties(${suite}-${program} PROPERTIES EXCLUDE_FROM_ALL TRUE)
            target_link_libraries(${suite}-${program} PRIVATE ${suite}-gen)
        endif()
    endforeach()
endfunction()

gg_suite(interop PROGRAMS server client FOLDER grpc/testing PROTOS test messages empty)
gg_suite(connect PROGRAMS server client FOLDER connectrpc/conformance/v1
    PROTOS service config server_compat client_compat)
