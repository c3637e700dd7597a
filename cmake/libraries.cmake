# libgg, shared and static, from the same objects, and what only static programs link.

add_library(gg SHARED $<TARGET_OBJECTS:gg_objects> $<TARGET_OBJECTS:gg_llhttp>)
set_target_properties(gg PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0 LINKER_LANGUAGE C)
target_include_directories(gg INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
target_link_libraries(gg PRIVATE PkgConfig::UV PkgConfig::NGHTTP2 PkgConfig::ZLIB)
target_link_options(gg PRIVATE -Wl,-Bsymbolic-functions)
if(NOT GG_SANITIZE)
    target_link_options(gg PRIVATE -Wl,--no-undefined)
endif()

# libgg-tls: TLS for programs that ask for it.  It refers to OpenSSL, and to nothing of libgg.
file(GLOB tls_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/tls/*.c)
add_library(gg_tls_objects OBJECT ${tls_sources})
target_include_directories(gg_tls_objects PRIVATE include src)
target_link_libraries(gg_tls_objects PRIVATE PkgConfig::OPENSSL gg_warnings)
add_library(gg_tls SHARED $<TARGET_OBJECTS:gg_tls_objects>)
set_target_properties(gg_tls PROPERTIES OUTPUT_NAME gg-tls EXPORT_NAME tls VERSION ${PROJECT_VERSION} SOVERSION 0
    LINKER_LANGUAGE C)
target_include_directories(gg_tls INTERFACE $<INSTALL_INTERFACE:include>)
target_link_libraries(gg_tls PRIVATE PkgConfig::OPENSSL)
if(NOT GG_SANITIZE)
    target_link_options(gg_tls PRIVATE -Wl,--no-undefined)
endif()
add_library(gg_tls_archive STATIC $<TARGET_OBJECTS:gg_tls_objects>)
set_target_properties(gg_tls_archive PROPERTIES OUTPUT_NAME gg-tls EXPORT_NAME tls-static LINKER_LANGUAGE C)
target_link_libraries(gg_tls_archive INTERFACE $<BUILD_INTERFACE:PkgConfig::OPENSSL>
    $<INSTALL_INTERFACE:ssl> $<INSTALL_INTERFACE:crypto> $<INSTALL_INTERFACE:gg::no_nss>)
target_link_options(gg_tls_archive INTERFACE $<INSTALL_INTERFACE:-Wl,--wrap=dlopen>) # src/static/no_dl.c

# libgg.a alone.  Inside this tree a program adds gg_dynamic_deps or gg_static_deps; who finds it installed
# (as gg::static) makes a static program.
add_library(gg_archive STATIC $<TARGET_OBJECTS:gg_objects> $<TARGET_OBJECTS:gg_llhttp>)
set_target_properties(gg_archive PROPERTIES OUTPUT_NAME gg EXPORT_NAME static LINKER_LANGUAGE C)
target_include_directories(gg_archive INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)

add_library(gg_no_nss STATIC src/static/no_nss.c src/static/no_dl.c)
set_target_properties(gg_no_nss PROPERTIES OUTPUT_NAME gg-static EXPORT_NAME no_nss C_VISIBILITY_PRESET default)
target_link_libraries(gg_no_nss PRIVATE $<BUILD_INTERFACE:gg_warnings>)

add_library(gg_dynamic_deps INTERFACE)
target_link_libraries(gg_dynamic_deps INTERFACE gg_archive PkgConfig::UV PkgConfig::NGHTTP2 PkgConfig::ZLIB)

# The order matters to the linker: gg_no_nss answers what libuv refers to.
add_library(gg_static_deps INTERFACE)
target_link_libraries(gg_static_deps INTERFACE gg_archive nghttp2 z uv_a gg_no_nss)
target_link_options(gg_static_deps INTERFACE -static)
target_link_libraries(gg_archive INTERFACE
    $<INSTALL_INTERFACE:nghttp2> $<INSTALL_INTERFACE:z> $<INSTALL_INTERFACE:uv_a> $<INSTALL_INTERFACE:gg::no_nss>)
target_link_options(gg_archive INTERFACE $<INSTALL_INTERFACE:-static>)
