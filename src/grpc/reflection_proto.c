/* reflection_proto.c -- the two .proto files of the reflection service, as tables and FileDescriptorProtos.
 *
 * grpc.reflection.v1 and v1alpha differ in their package alone.  The messages are read and written by hand
 * (reflection.c), so their tables hold just the names.
 * The bytes are protoc's: protoc -I grpc-proto --descriptor_set_out=/dev/stdout grpc/reflection/v1/reflection.proto,
 * without the tag and length of FileDescriptorSet.file. */
#include "grpc/reflection.h"

/* clang-format off */
static const char v1_bytes[] =
    "\012#grpc/reflection/v1/reflection.proto\022\022grpc.reflection.v1\"\363\002\012\027ServerReflectionRequest"
    "\022\022\012\004host\030\001 \001(\011R\004host\022*\012\020file_by_filename\030\003 \001(\011H\000R\016file"
    "ByFilename\0226\012\026file_containing_symbol\030\004 \001(\011H\000R\024fileContainingSymbol\022b\012\031fi"
    "le_containing_extension\030\005 \001(\0132$.grpc.reflection.v1.ExtensionRequestH\000R\027fileContainingExten"
    "sion\022B\012\035all_extension_numbers_of_type\030\006 \001(\011H\000R\031allExtensionNumbersOfType\022%\012"
    "\015list_services\030\007 \001(\011H\000R\014listServicesB\021\012\017message_request\"f\012\020ExtensionReq"
    "uest\022'\012\017containing_type\030\001 \001(\011R\016containingType\022)\012\020extension_number\030\002 "
    "\001(\005R\017extensionNumber\"\256\004\012\030ServerReflectionResponse\022\035\012\012valid_host\030\001 "
    "\001(\011R\011validHost\022V\012\020original_request\030\002 \001(\0132+.grpc.reflection.v1.ServerReflection"
    "RequestR\017originalRequest\022f\012\030file_descriptor_response\030\004 \001(\0132*.grpc.reflection.v1.File"
    "DescriptorResponseH\000R\026fileDescriptorResponse\022r\012\036all_extension_numbers_response\030\005 \001("
    "\0132+.grpc.reflection.v1.ExtensionNumberResponseH\000R\033allExtensionNumbersResponse\022_\012\026list_serv"
    "ices_response\030\006 \001(\0132'.grpc.reflection.v1.ListServiceResponseH\000R\024listServicesResponse\022J"
    "\012\016error_response\030\007 \001(\0132!.grpc.reflection.v1.ErrorResponseH\000R\015errorResponseB\022\012"
    "\020message_response\"L\012\026FileDescriptorResponse\0222\012\025file_descriptor_proto\030\001 \003(\014R"
    "\023fileDescriptorProto\"j\012\027ExtensionNumberResponse\022$\012\016base_type_name\030\001 \001(\011R\014b"
    "aseTypeName\022)\012\020extension_number\030\002 \003(\005R\017extensionNumber\"T\012\023ListServiceResponse"
    "\022=\012\007service\030\001 \003(\0132#.grpc.reflection.v1.ServiceResponseR\007service\"%\012\017ServiceRes"
    "ponse\022\022\012\004name\030\001 \001(\011R\004name\"S\012\015ErrorResponse\022\035\012\012error_code\030"
    "\001 \001(\005R\011errorCode\022#\012\015error_message\030\002 \001(\011R\014errorMessage2\211\001\012\020Se"
    "rverReflection\022u\012\024ServerReflectionInfo\022+.grpc.reflection.v1.ServerReflectionRequest\032,.grpc.re"
    "flection.v1.ServerReflectionResponse(\0010\001Bf\012\025io.grpc.reflection.v1B\025ServerReflectionProtoP\001"
    "Z4google.golang.org/grpc/reflection/grpc_reflection_v1b\006proto3";

static const char v1alpha_bytes[] =
    "\012(grpc/reflection/v1alpha/reflection.proto\022\027grpc.reflection.v1alpha\"\370\002\012\027ServerReflecti"
    "onRequest\022\022\012\004host\030\001 \001(\011R\004host\022*\012\020file_by_filename\030\003 \001(\011H\000"
    "R\016fileByFilename\0226\012\026file_containing_symbol\030\004 \001(\011H\000R\024fileContainingSymbol\022g"
    "\012\031file_containing_extension\030\005 \001(\0132).grpc.reflection.v1alpha.ExtensionRequestH\000R\027file"
    "ContainingExtension\022B\012\035all_extension_numbers_of_type\030\006 \001(\011H\000R\031allExtensionNumbers"
    "OfType\022%\012\015list_services\030\007 \001(\011H\000R\014listServicesB\021\012\017message_request\"f\012"
    "\020ExtensionRequest\022'\012\017containing_type\030\001 \001(\011R\016containingType\022)\012\020extension_"
    "number\030\002 \001(\005R\017extensionNumber\"\307\004\012\030ServerReflectionResponse\022\035\012\012valid_"
    "host\030\001 \001(\011R\011validHost\022[\012\020original_request\030\002 \001(\01320.grpc.reflection.v1alph"
    "a.ServerReflectionRequestR\017originalRequest\022k\012\030file_descriptor_response\030\004 \001(\0132/.grpc."
    "reflection.v1alpha.FileDescriptorResponseH\000R\026fileDescriptorResponse\022w\012\036all_extension_numbers_"
    "response\030\005 \001(\01320.grpc.reflection.v1alpha.ExtensionNumberResponseH\000R\033allExtensionNumbersRes"
    "ponse\022d\012\026list_services_response\030\006 \001(\0132,.grpc.reflection.v1alpha.ListServiceResponseH"
    "\000R\024listServicesResponse\022O\012\016error_response\030\007 \001(\0132&.grpc.reflection.v1alpha.ErrorRe"
    "sponseH\000R\015errorResponseB\022\012\020message_response\"L\012\026FileDescriptorResponse\0222\012\025file"
    "_descriptor_proto\030\001 \003(\014R\023fileDescriptorProto\"j\012\027ExtensionNumberResponse\022$\012\016ba"
    "se_type_name\030\001 \001(\011R\014baseTypeName\022)\012\020extension_number\030\002 \003(\005R\017extension"
    "Number\"Y\012\023ListServiceResponse\022B\012\007service\030\001 \003(\0132(.grpc.reflection.v1alpha.Service"
    "ResponseR\007service\"%\012\017ServiceResponse\022\022\012\004name\030\001 \001(\011R\004name\"S\012\015Erro"
    "rResponse\022\035\012\012error_code\030\001 \001(\005R\011errorCode\022#\012\015error_message\030\002 \001("
    "\011R\014errorMessage2\223\001\012\020ServerReflection\022\177\012\024ServerReflectionInfo\0220.grpc.reflect"
    "ion.v1alpha.ServerReflectionRequest\0321.grpc.reflection.v1alpha.ServerReflectionResponse(\0010\001Bs\012"
    "\032io.grpc.reflection.v1alphaB\025ServerReflectionProtoP\001Z9google.golang.org/grpc/reflection/grpc_reflec"
    "tion_v1alpha\270\001\001b\006proto3";

/* clang-format on */

#define PACKAGE(version) \
    static const gg_file_type version##_file = { \
        .name = GG_STR_INIT("grpc/reflection/" #version "/reflection.proto"), \
        .descriptor = GG_STR_INIT(version##_bytes), \
    }; \
    static const gg_message_type version##_request = { \
        .name = GG_STR_INIT("grpc.reflection." #version ".ServerReflectionRequest"), \
    }; \
    static const gg_message_type version##_response = { \
        .name = GG_STR_INIT("grpc.reflection." #version ".ServerReflectionResponse"), \
    }; \
    static const gg_method_type version##_method = { \
        .path = GG_STR_INIT("/grpc.reflection." #version ".ServerReflection/ServerReflectionInfo"), \
        .input = &version##_request, \
        .output = &version##_response, \
        .client_streaming = true, \
        .server_streaming = true, \
    }; \
    const gg_service_type gg_reflection_##version = { \
        .name = GG_STR_INIT("grpc.reflection." #version ".ServerReflection"), \
        .methods = &version##_method, \
        .method_count = 1, \
        .file = &version##_file, \
    }

PACKAGE(v1);
PACKAGE(v1alpha);
