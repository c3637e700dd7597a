/* option_rows.c -- the option messages as tables: field number, what it holds, where it goes (options.h).
 *
 * Field names are those of protoc-gen-openapiv2/options/openapiv2.proto. */
#include "openapi/options.h"

#define ROWS(rows) \
    { \
        (rows), sizeof(rows) / sizeof((rows)[0]) \
    }
#define NAMES(names) \
    { \
        (names), sizeof(names) / sizeof((names)[0]) \
    }
#define SELF GG_KEY_NAMED

/* clang-format off */
static const char *const scheme_names[] = { "unknown", "http", "https", "ws", "wss" };
static const gg_option_names schemes = NAMES(scheme_names);

static const char *const security_type_names[] = { NULL, "basic", "apiKey", "oauth2" };
static const gg_option_names security_types = NAMES(security_type_names);

static const char *const security_in_names[] = { NULL, "query", "header" };
static const gg_option_names security_ins = NAMES(security_in_names);

static const char *const security_flow_names[] = { NULL, "implicit", "password", "application", "accessCode" };
static const gg_option_names security_flows = NAMES(security_flow_names);

static const char *const header_type_names[] = { NULL, "string", "number", "integer", "boolean" };
static const gg_option_names header_types = NAMES(header_type_names);

static const char *const simple_type_names[] = {
    "unknown", "array", "boolean", "integer", "null", "number", "object", "string"
};
static const gg_option_names simple_types = NAMES(simple_type_names);

/* -- ExternalDocumentation, Contact, License, Info, Tag -- */
static const gg_option external_docs_rows[] = {
    { 1, GG_OPTION_TEXT, GG_KEY_DOCS_DESCRIPTION, NULL, NULL },
    { 2, GG_OPTION_TEXT, GG_KEY_DOCS_URL, NULL, NULL },
};
static const gg_option_rows external_docs = ROWS(external_docs_rows);

static const gg_option contact_rows[] = {
    { 1, GG_OPTION_TEXT, GG_KEY_CONTACT_NAME, NULL, NULL },
    { 2, GG_OPTION_TEXT, GG_KEY_CONTACT_URL, NULL, NULL },
    { 3, GG_OPTION_TEXT, GG_KEY_CONTACT_EMAIL, NULL, NULL },
};
static const gg_option_rows contact = ROWS(contact_rows);

static const gg_option license_rows[] = {
    { 1, GG_OPTION_TEXT, GG_KEY_LICENSE_NAME, NULL, NULL },
    { 2, GG_OPTION_TEXT, GG_KEY_LICENSE_URL, NULL, NULL },
};
static const gg_option_rows license = ROWS(license_rows);

static const gg_option info_rows[] = {
    { 1, GG_OPTION_TEXT,       GG_KEY_INFO_TITLE, NULL, NULL },
    { 2, GG_OPTION_TEXT,       GG_KEY_INFO_DESCRIPTION, NULL, NULL },
    { 3, GG_OPTION_TEXT,       GG_KEY_INFO_TERMS_OF_SERVICE, NULL, NULL },
    { 4, GG_OPTION_OBJECT,     GG_KEY_INFO_CONTACT, &contact, NULL },
    { 5, GG_OPTION_OBJECT,     GG_KEY_INFO_LICENSE, &license, NULL },
    { 6, GG_OPTION_TEXT,       GG_KEY_INFO_VERSION, NULL, NULL },
    { 7, GG_OPTION_EXTENSIONS, SELF, NULL, NULL },
};
static const gg_option_rows info = ROWS(info_rows);

static const gg_option tag_rows[] = { /* of a document */
    { 1, GG_OPTION_TEXT,       GG_KEY_TAG_NAME, NULL, NULL },
    { 2, GG_OPTION_TEXT,       GG_KEY_TAG_DESCRIPTION, NULL, NULL },
    { 3, GG_OPTION_OBJECT,     GG_KEY_TAG_EXTERNAL_DOCS, &external_docs, NULL },
    { 4, GG_OPTION_EXTENSIONS, SELF, NULL, NULL },
};
static const gg_option_rows tag = ROWS(tag_rows);
const gg_option_rows gg_tag_option = { tag_rows, 3 }; /* of a service */

/* -- SecurityScheme, SecurityDefinitions, SecurityRequirement -- */
static const gg_option scopes_rows[] = {
    { 1, GG_OPTION_MAP_TEXTS, SELF, NULL, NULL },
};
static const gg_option_rows scopes = ROWS(scopes_rows);

static const gg_option security_scheme_rows[] = {
    { 1, GG_OPTION_ENUM,       GG_KEY_SCHEME_TYPE, NULL, &security_types },
    { 2, GG_OPTION_TEXT,       GG_KEY_SCHEME_DESCRIPTION, NULL, NULL },
    { 3, GG_OPTION_TEXT,       GG_KEY_SCHEME_NAME, NULL, NULL },
    { 4, GG_OPTION_ENUM,       GG_KEY_SCHEME_IN, NULL, &security_ins },
    { 5, GG_OPTION_ENUM,       GG_KEY_SCHEME_FLOW, NULL, &security_flows },
    { 6, GG_OPTION_TEXT,       GG_KEY_SCHEME_AUTHORIZATION_URL, NULL, NULL },
    { 7, GG_OPTION_TEXT,       GG_KEY_SCHEME_TOKEN_URL, NULL, NULL },
    { 8, GG_OPTION_OBJECT,     GG_KEY_SCHEME_SCOPES, &scopes, NULL },
    { 9, GG_OPTION_EXTENSIONS, SELF, NULL, NULL },
};
static const gg_option_rows security_scheme = ROWS(security_scheme_rows);

static const gg_option security_definitions_rows[] = {
    { 1, GG_OPTION_MAP, SELF, &security_scheme, NULL },
};
static const gg_option_rows security_definitions = ROWS(security_definitions_rows);

static const gg_option security_requirement_rows[] = {
    { 1, GG_OPTION_SCOPES, SELF, NULL, NULL },
};
static const gg_option_rows security_requirement = ROWS(security_requirement_rows);

/* -- Response, Header, HeaderParameter -- */
static const gg_option header_rows[] = {
    { 1,  GG_OPTION_TEXT, GG_KEY_HEADER_DESCRIPTION, NULL, NULL },
    { 2,  GG_OPTION_TEXT, GG_KEY_HEADER_TYPE, NULL, NULL },
    { 3,  GG_OPTION_TEXT, GG_KEY_HEADER_FORMAT, NULL, NULL },
    { 6,  GG_OPTION_JSON, GG_KEY_HEADER_DEFAULT, NULL, NULL },
    { 13, GG_OPTION_TEXT, GG_KEY_HEADER_PATTERN, NULL, NULL },
};
static const gg_option_rows header = ROWS(header_rows);

static const gg_option response_rows[] = {
    { 1, GG_OPTION_TEXT,       GG_KEY_RESPONSE_DESCRIPTION, NULL, NULL },
    { 2, GG_OPTION_SCHEMA,     GG_KEY_RESPONSE_SCHEMA, NULL, NULL },
    { 4, GG_OPTION_EXAMPLES,   GG_KEY_RESPONSE_EXAMPLES, NULL, NULL },
    { 3, GG_OPTION_HEADERS,    GG_KEY_RESPONSE_HEADERS, &header, NULL },
    { 5, GG_OPTION_EXTENSIONS, SELF, NULL, NULL },
};
const gg_option_rows gg_response_option = ROWS(response_rows);
const gg_option_rows gg_common_response_option = { response_rows, 3 }; /* of a document */

static const gg_option header_parameter_rows[] = {
    { 1, GG_OPTION_TEXT, GG_KEY_PARAMETER_NAME, NULL, NULL },
    { 2, GG_OPTION_TEXT, GG_KEY_PARAMETER_DESCRIPTION, NULL, NULL },
    { 3, GG_OPTION_ENUM, GG_KEY_PARAMETER_TYPE, NULL, &header_types },
    { 4, GG_OPTION_TEXT, GG_KEY_PARAMETER_FORMAT, NULL, NULL },
    { 5, GG_OPTION_FLAG, GG_KEY_PARAMETER_REQUIRED, NULL, NULL },
};
static const gg_option_rows header_parameter = ROWS(header_parameter_rows);

static const gg_option parameters_rows[] = {
    { 1, GG_OPTION_PARAMETER, SELF, &header_parameter, NULL },
};
static const gg_option_rows parameters = ROWS(parameters_rows);

/* -- Swagger, Operation -- */
static const gg_option swagger_rows[] = { /* not its responses (10): they belong to the operations */
    { 1,  GG_OPTION_TEXT,       GG_KEY_DOC_SWAGGER, NULL, NULL },
    { 2,  GG_OPTION_OBJECT,     GG_KEY_DOC_INFO, &info, NULL },
    { 3,  GG_OPTION_TEXT,       GG_KEY_DOC_HOST, NULL, NULL },
    { 4,  GG_OPTION_TEXT,       GG_KEY_DOC_BASE_PATH, NULL, NULL },
    { 5,  GG_OPTION_ENUMS,      GG_KEY_DOC_SCHEMES, NULL, &schemes },
    { 6,  GG_OPTION_TEXTS,      GG_KEY_DOC_CONSUMES, NULL, NULL },
    { 7,  GG_OPTION_TEXTS,      GG_KEY_DOC_PRODUCES, NULL, NULL },
    { 11, GG_OPTION_OBJECT,     GG_KEY_DOC_SECURITY_DEFINITIONS, &security_definitions, NULL },
    { 12, GG_OPTION_OBJECTS,    GG_KEY_DOC_SECURITY, &security_requirement, NULL },
    { 13, GG_OPTION_OBJECTS,    GG_KEY_DOC_TAGS, &tag, NULL },
    { 14, GG_OPTION_OBJECT,     GG_KEY_DOC_EXTERNAL_DOCS, &external_docs, NULL },
    { 15, GG_OPTION_EXTENSIONS, SELF, NULL, NULL },
};
const gg_option_rows gg_swagger_option = ROWS(swagger_rows);

static const gg_option operation_rows[] = {
    { 1,  GG_OPTION_TEXTS,      GG_KEY_OPERATION_TAGS, NULL, NULL },
    { 2,  GG_OPTION_TEXT,       GG_KEY_OPERATION_SUMMARY, NULL, NULL },
    { 3,  GG_OPTION_TEXT,       GG_KEY_OPERATION_DESCRIPTION, NULL, NULL },
    { 4,  GG_OPTION_OBJECT,     GG_KEY_OPERATION_EXTERNAL_DOCS, &external_docs, NULL },
    { 5,  GG_OPTION_TEXT,       GG_KEY_OPERATION_ID, NULL, NULL },
    { 6,  GG_OPTION_TEXTS,      GG_KEY_OPERATION_CONSUMES, NULL, NULL },
    { 7,  GG_OPTION_TEXTS,      GG_KEY_OPERATION_PRODUCES, NULL, NULL },
    { 9,  GG_OPTION_MAP,        GG_KEY_OPERATION_RESPONSES, &gg_response_option, NULL },
    { 11, GG_OPTION_FLAG,       GG_KEY_OPERATION_DEPRECATED, NULL, NULL },
    { 12, GG_OPTION_FILLED,     GG_KEY_OPERATION_SECURITY, &security_requirement, NULL },
    { 13, GG_OPTION_EXTENSIONS, SELF, NULL, NULL },
    { 14, GG_OPTION_OBJECT,     SELF, &parameters, NULL },
};
const gg_option_rows gg_operation_option = ROWS(operation_rows);

/* -- JSONSchema, Schema, EnumSchema -- */
static const gg_option value_rows[] = {
    { 7,  GG_OPTION_TEXT,   GG_KEY_SCHEMA_DEFAULT, NULL, NULL },
    { 8,  GG_OPTION_FLAG,   GG_KEY_SCHEMA_READ_ONLY, NULL, NULL },
    { 10, GG_OPTION_DOUBLE, GG_KEY_SCHEMA_MULTIPLE_OF, NULL, NULL },
    { 11, GG_OPTION_DOUBLE, GG_KEY_SCHEMA_MAXIMUM, NULL, NULL },
    { 12, GG_OPTION_FLAG,   GG_KEY_SCHEMA_EXCLUSIVE_MAXIMUM, NULL, NULL },
    { 13, GG_OPTION_DOUBLE, GG_KEY_SCHEMA_MINIMUM, NULL, NULL },
    { 14, GG_OPTION_FLAG,   GG_KEY_SCHEMA_EXCLUSIVE_MINIMUM, NULL, NULL },
    { 15, GG_OPTION_UINT,   GG_KEY_SCHEMA_MAX_LENGTH, NULL, NULL },
    { 16, GG_OPTION_UINT,   GG_KEY_SCHEMA_MIN_LENGTH, NULL, NULL },
    { 17, GG_OPTION_TEXT,   GG_KEY_SCHEMA_PATTERN, NULL, NULL },
    { 24, GG_OPTION_UINT,   GG_KEY_SCHEMA_MAX_PROPERTIES, NULL, NULL },
    { 25, GG_OPTION_UINT,   GG_KEY_SCHEMA_MIN_PROPERTIES, NULL, NULL },
    { 36, GG_OPTION_TEXT,   GG_KEY_SCHEMA_FORMAT, NULL, NULL },
    { 46, GG_OPTION_TEXTS,  GG_KEY_SCHEMA_ENUM, NULL, NULL },
};
const gg_option_rows gg_json_schema_values = ROWS(value_rows);

static const gg_option whole_rows[] = {
    { 5,  GG_OPTION_TEXT,       GG_KEY_SCHEMA_TITLE, NULL, NULL },
    { 6,  GG_OPTION_TEXT,       GG_KEY_SCHEMA_DESCRIPTION, NULL, NULL },
    { 9,  GG_OPTION_JSON,       GG_KEY_SCHEMA_EXAMPLE, NULL, NULL },
    { 20, GG_OPTION_UINT,       GG_KEY_SCHEMA_MAX_ITEMS, NULL, NULL },
    { 21, GG_OPTION_UINT,       GG_KEY_SCHEMA_MIN_ITEMS, NULL, NULL },
    { 22, GG_OPTION_FLAG,       GG_KEY_SCHEMA_UNIQUE_ITEMS, NULL, NULL },
    { 26, GG_OPTION_TEXTS,      GG_KEY_SCHEMA_REQUIRED, NULL, NULL },
    { 35, GG_OPTION_ENUM,       GG_KEY_SCHEMA_TYPE, NULL, &simple_types },
    { 48, GG_OPTION_EXTENSIONS, SELF, NULL, NULL },
};
const gg_option_rows gg_json_schema_whole = ROWS(whole_rows);

static const gg_option schema_rows[] = { /* what is beside its JSONSchema */
    { 5, GG_OPTION_OBJECT, GG_KEY_SCHEMA_EXTERNAL_DOCS, &external_docs, NULL },
    { 6, GG_OPTION_JSON,   GG_KEY_SCHEMA_EXAMPLE, NULL, NULL },
};
const gg_option_rows gg_schema_option = ROWS(schema_rows);

static const gg_option enum_schema_rows[] = {
    { 1, GG_OPTION_TEXT,       GG_KEY_SCHEMA_DESCRIPTION, NULL, NULL },
    { 3, GG_OPTION_TEXT,       GG_KEY_SCHEMA_TITLE, NULL, NULL },
    { 5, GG_OPTION_FLAG,       GG_KEY_SCHEMA_READ_ONLY, NULL, NULL },
    { 6, GG_OPTION_OBJECT,     GG_KEY_SCHEMA_EXTERNAL_DOCS, &external_docs, NULL },
    { 7, GG_OPTION_JSON,       GG_KEY_SCHEMA_EXAMPLE, NULL, NULL },
    { 9, GG_OPTION_EXTENSIONS, SELF, NULL, NULL },
};
const gg_option_rows gg_enum_schema_option = ROWS(enum_schema_rows);
/* clang-format on */
