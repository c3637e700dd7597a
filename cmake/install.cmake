# make install: headers, both libraries, pkg-config and CMake packages, the programs, and the
# protos that a .proto with REST or OpenAPI options imports.  Everything is found relative to where it lies, so the tree
# may be installed with DESTDIR or moved.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(DIRECTORY include/gg DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY proto/ DESTINATION ${CMAKE_INSTALL_DATADIR}/gg/proto FILES_MATCHING PATTERN "*.proto")
install(TARGETS gg gg_archive gg_no_nss gg_tls gg_tls_archive EXPORT ggTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(program lambda-grpc-gateway protoc-gen-gg protoc-gen-openapiv2)
    if(TARGET ${program})
        install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    endif()
endforeach()

set(cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gg)
install(EXPORT ggTargets NAMESPACE gg:: DESTINATION ${cmake_dir})
configure_package_config_file(cmake/ggConfig.cmake.in ${PROJECT_BINARY_DIR}/ggConfig.cmake
    INSTALL_DESTINATION ${cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ggConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ggConfig.cmake ${PROJECT_BINARY_DIR}/ggConfigVersion.cmake
    DESTINATION ${cmake_dir})

file(RELATIVE_PATH GG_PC_TO_PREFIX /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
foreach(package gg gg-tls gg-static)
    configure_file(cmake/${package}.pc.in ${PROJECT_BINARY_DIR}/${package}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${package}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
