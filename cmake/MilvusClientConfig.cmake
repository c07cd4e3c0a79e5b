# find_package(MilvusClient) gives the target MilvusClient::milvus_client. Everything is found relative to
# this file, so that an installed tree can be moved.
get_filename_component(_milvus_client_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET MilvusClient::milvus_client)
  add_library(MilvusClient::milvus_client SHARED IMPORTED)
  set_target_properties(MilvusClient::milvus_client PROPERTIES
    IMPORTED_LOCATION "${_milvus_client_prefix}/lib/libmilvus_client.so.0"
    IMPORTED_SONAME "libmilvus_client.so.0"
    INTERFACE_INCLUDE_DIRECTORIES "${_milvus_client_prefix}/include")
endif()

unset(_milvus_client_prefix)
