/* keys.h -- the member names of every OpenAPI object, each object's in the order they are written in.
 *
 * Spec: OpenAPI Specification 2.0.  The order is that of grpc-gateway's protoc-gen-openapiv2, so that a file
 * which it wrote differs only where the content does. */
#ifndef GG_SRC_OPENAPI_KEYS_H
#define GG_SRC_OPENAPI_KEYS_H

#include "gg/base.h"

/* clang-format off */
#define GG_OPENAPI_KEYS(X)                                                                                        \
    /* Swagger Object: the document */                                                                            \
    X(DOC_SWAGGER, "swagger") X(DOC_INFO, "info") X(DOC_TAGS, "tags") X(DOC_HOST, "host")                         \
    X(DOC_BASE_PATH, "basePath") X(DOC_SCHEMES, "schemes") X(DOC_CONSUMES, "consumes")                            \
    X(DOC_PRODUCES, "produces") X(DOC_PATHS, "paths") X(DOC_DEFINITIONS, "definitions")                           \
    X(DOC_SECURITY_DEFINITIONS, "securityDefinitions") X(DOC_SECURITY, "security")                                \
    X(DOC_EXTERNAL_DOCS, "externalDocs")                                                                          \
    /* Info, Contact, License, External Documentation, Tag Object */                                              \
    X(INFO_TITLE, "title") X(INFO_DESCRIPTION, "description") X(INFO_TERMS_OF_SERVICE, "termsOfService")          \
    X(INFO_VERSION, "version") X(INFO_CONTACT, "contact") X(INFO_LICENSE, "license")                              \
    X(CONTACT_NAME, "name") X(CONTACT_URL, "url") X(CONTACT_EMAIL, "email")                                       \
    X(LICENSE_NAME, "name") X(LICENSE_URL, "url")                                                                 \
    X(DOCS_DESCRIPTION, "description") X(DOCS_URL, "url")                                                         \
    X(TAG_NAME, "name") X(TAG_DESCRIPTION, "description") X(TAG_EXTERNAL_DOCS, "externalDocs")                    \
    /* Security Scheme Object */                                                                                  \
    X(SCHEME_TYPE, "type") X(SCHEME_DESCRIPTION, "description") X(SCHEME_NAME, "name") X(SCHEME_IN, "in")         \
    X(SCHEME_FLOW, "flow") X(SCHEME_AUTHORIZATION_URL, "authorizationUrl") X(SCHEME_TOKEN_URL, "tokenUrl")        \
    X(SCHEME_SCOPES, "scopes")                                                                                    \
    /* Path Item Object */                                                                                        \
    X(PATH_GET, "get") X(PATH_DELETE, "delete") X(PATH_POST, "post") X(PATH_PUT, "put") X(PATH_PATCH, "patch")    \
    X(PATH_HEAD, "head") X(PATH_OPTIONS, "options")                                                               \
    /* Operation Object */                                                                                        \
    X(OPERATION_SUMMARY, "summary") X(OPERATION_DESCRIPTION, "description") X(OPERATION_ID, "operationId")        \
    X(OPERATION_RESPONSES, "responses") X(OPERATION_PARAMETERS, "parameters") X(OPERATION_TAGS, "tags")           \
    X(OPERATION_DEPRECATED, "deprecated") X(OPERATION_CONSUMES, "consumes") X(OPERATION_PRODUCES, "produces")     \
    X(OPERATION_SECURITY, "security") X(OPERATION_EXTERNAL_DOCS, "externalDocs")                                  \
    /* Parameter Object */                                                                                        \
    X(PARAMETER_NAME, "name") X(PARAMETER_DESCRIPTION, "description") X(PARAMETER_IN, "in")                       \
    X(PARAMETER_REQUIRED, "required") X(PARAMETER_DEPRECATED, "deprecated") X(PARAMETER_TYPE, "type")             \
    X(PARAMETER_FORMAT, "format") X(PARAMETER_UNIQUE_ITEMS, "uniqueItems") X(PARAMETER_ITEMS, "items")            \
    X(PARAMETER_ENUM, "enum") X(PARAMETER_COLLECTION_FORMAT, "collectionFormat") X(PARAMETER_DEFAULT, "default")  \
    X(PARAMETER_MIN_ITEMS, "minItems") X(PARAMETER_MAX_ITEMS, "maxItems") X(PARAMETER_PATTERN, "pattern")         \
    X(PARAMETER_X_EXAMPLE, "x-example") X(PARAMETER_SCHEMA, "schema")                                             \
    /* Response Object, Header Object */                                                                          \
    X(RESPONSE_DESCRIPTION, "description") X(RESPONSE_SCHEMA, "schema") X(RESPONSE_EXAMPLES, "examples")          \
    X(RESPONSE_HEADERS, "headers")                                                                                \
    X(HEADER_DESCRIPTION, "description") X(HEADER_TYPE, "type") X(HEADER_FORMAT, "format")                        \
    X(HEADER_DEFAULT, "default") X(HEADER_PATTERN, "pattern")                                                     \
    /* Schema Object; also the items of an array */                                                               \
    X(SCHEMA_TYPE, "type") X(SCHEMA_FORMAT, "format") X(SCHEMA_REF, "$ref") X(SCHEMA_X_NULLABLE, "x-nullable")    \
    X(SCHEMA_EXAMPLE, "example") X(SCHEMA_ITEMS, "items") X(SCHEMA_ENUM, "enum") X(SCHEMA_DEFAULT, "default")     \
    X(SCHEMA_PROPERTIES, "properties") X(SCHEMA_ADDITIONAL_PROPERTIES, "additionalProperties")                    \
    X(SCHEMA_DESCRIPTION, "description") X(SCHEMA_TITLE, "title") X(SCHEMA_EXTERNAL_DOCS, "externalDocs")         \
    X(SCHEMA_READ_ONLY, "readOnly") X(SCHEMA_MULTIPLE_OF, "multipleOf") X(SCHEMA_MAXIMUM, "maximum")              \
    X(SCHEMA_EXCLUSIVE_MAXIMUM, "exclusiveMaximum") X(SCHEMA_MINIMUM, "minimum")                                  \
    X(SCHEMA_EXCLUSIVE_MINIMUM, "exclusiveMinimum") X(SCHEMA_MAX_LENGTH, "maxLength")                             \
    X(SCHEMA_MIN_LENGTH, "minLength") X(SCHEMA_PATTERN, "pattern") X(SCHEMA_MAX_ITEMS, "maxItems")                \
    X(SCHEMA_MIN_ITEMS, "minItems") X(SCHEMA_UNIQUE_ITEMS, "uniqueItems")                                         \
    X(SCHEMA_MAX_PROPERTIES, "maxProperties") X(SCHEMA_MIN_PROPERTIES, "minProperties")                           \
    X(SCHEMA_REQUIRED, "required") X(SCHEMA_ALL_OF, "allOf")
/* clang-format on */

#define GG_KEY_AS_ENUM(key, name) GG_KEY_##key,
typedef enum gg_openapi_key {
    GG_OPENAPI_KEYS(GG_KEY_AS_ENUM) GG_KEY_NAMED /* behind all of them: a member with a name of its own */
} gg_openapi_key;
#undef GG_KEY_AS_ENUM

/* By key; of GG_KEY_NAMED, the empty slice. */
extern const gg_str gg_openapi_key_names[GG_KEY_NAMED + 1];

#endif
