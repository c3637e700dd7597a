/* test_openapi.c -- OpenAPI documents: rows of a .proto and a part of its document, each with every allocation failing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "descriptor_text.h"
#include "failmalloc.h"
#include "openapi/openapi.h"
#include "openapi/tree.h"

/* -- pieces of a .proto -- */
#define STRING "9"
#define FIELD_AS(name, number, label, type, more) \
    "field{ name:'" name "' number:" number " label:" label " type:" type " " more "} "
#define FIELD(name, number, type) FIELD_AS(name, number, "1", type, "")
#define REPEATED(name, number, type) FIELD_AS(name, number, "3", type, "")
#define TYPED(name, number, label, type, type_name) FIELD_AS(name, number, label, type, "type_name:'" type_name "' ")
#define OPTION(name, number, type, options) FIELD_AS(name, number, "1", type, "options{ " options " } ")
#define MESSAGE(name, inside) "message_type{ name:'" name "' " inside "} "
#define ENTRY(name, key, value) "nested_type{ name:'" name "' " FIELD("key", "1", key) value "options{ map_entry:1 } } "
#define METHOD(name, options) \
    "method{ name:'" name "' input_type:'.p.v1.In' output_type:'.p.v1.Out' options{ " options "} } "
#define SERVICE(methods) "service{ name:'S' " methods "} "
#define HTTP(rule) "72295728{ " rule "} "
#define GET(path) HTTP("2:'" path "' ")
#define ONE(rule, in) SERVICE(METHOD("M", HTTP(rule))) MESSAGE("In", in) MESSAGE("Out", "")
#define COMMENT(path, text) "1{ 1:'" path "' 3:'" text "' } " /* SourceCodeInfo.location; its path packed */
#define VISIBLE_TO(label) "72295727{ 2:'" label "' } "

#define STATUS_REF "{'$ref':'#/definitions/rpcStatus'}"
#define DEFAULT "'default':{'description':'An unexpected error response.','schema':" STATUS_REF "}"
#define DEPENDS(file) "dependency:'google/protobuf/" file ".proto' "

typedef struct row {
    const char *what, *proto;
    gg_openapi_options options; /* those that are not the default */
    const char *at;             /* member names, each followed by '|'; NULL: the row is refused */
    const char *want;           /* JSON with ' for "; how the error begins */
} row;

/* clang-format off */
static const row rows[] = {
    { "a file with nothing in it", "", { 0 }, "",
      "{'swagger':'2.0','info':{'title':'a.proto','version':'version not set'},'consumes':['application/json'],"
      "'produces':['application/json'],'paths':{},'definitions':{'protobufAny':{'type':'object','properties':"
      "{'@type':{'type':'string'}},'additionalProperties':true},'rpcStatus':{'type':'object','properties':"
      "{'code':{'type':'integer','format':'int32'},'message':{'type':'string'},'details':{'type':'array',"
      "'items':{'type':'object','$ref':'#/definitions/protobufAny'}}}}}}" },
    { "messages that no method has", MESSAGE("A", FIELD("x", "1", STRING)), { .disable_default_errors = true },
      "definitions|", "{}" },
    { "one method", ONE("2:'/v1/a' ", ""), { 0 }, "paths|",
      "{'/v1/a':{'get':{'operationId':'S_M','responses':{'200':{'description':'A successful response.','schema':"
      "{'$ref':'#/definitions/v1Out'}}," DEFAULT "},'tags':['S']}}}" },
    { "methods of HTTP", SERVICE(METHOD("M", HTTP("2:'/a' 11{ 3:'/a' } 11{ 4:'/a' } 11{ 5:'/a' } 11{ 6:'/a' } "
      "11{ 8{ 1:'HEAD' 2:'/a' } } 11{ 8{ 1:'OPTIONS' 2:'/a' } } 11{ 8{ 1:'PURGE' 2:'/b' } }")))
      MESSAGE("In", "") MESSAGE("Out", ""),
      { .disable_default_errors = true, .disable_default_responses = true, .disable_service_tags = true }, "paths|",
      "{'/a':{'get':{'operationId':'S_M','responses':{}},'delete':{'operationId':'S_M4','responses':{}},"
      "'post':{'operationId':'S_M3','responses':{}},'put':{'operationId':'S_M2','responses':{}},"
      "'patch':{'operationId':'S_M5','responses':{}},'head':{'operationId':'S_M6','responses':{}},"
      "'options':{'operationId':'S_M7','responses':{}}},'/b':{}}" },

    /* parameters */
    { "path and query", ONE("2:'/v1/{a_b=x/*}/{c}/y/{d=**}' ", FIELD("a_b", "1", STRING) FIELD("c", "2", "5") FIELD("d", "3", STRING)
      FIELD("e_f", "4", "3")), { 0 }, "paths|/v1/{aB}/{c}/y/{d}|get|parameters|",
      "[{'name':'aB','in':'path','required':true,'type':'string','pattern':'x/[^/]+'},"
      "{'name':'c','in':'path','required':true,'type':'integer','format':'int32'},"
      "{'name':'d','in':'path','required':true,'type':'string','pattern':'.+'},"
      "{'name':'eF','in':'query','required':false,'type':'string','format':'int64'}]" },
    { "templates that differ in their patterns", SERVICE(METHOD("M", GET("/v1/{n=a/*}")) METHOD("N", GET("/v1/{n=b/*}"))
      METHOD("O", GET("/v1/{n=c/*}"))) MESSAGE("In", FIELD("n", "1", STRING)) MESSAGE("Out", ""),
      { 0 }, "paths|/v1/{n_2}|get|parameters|",
      "[{'name':'n_2','in':'path','required':true,'type':'string','pattern':'c/[^/]+'}]" },
    { "repeated, in the path", ONE("2:'/v1/{a}/{k}' ", REPEATED("a", "1", "3") TYPED("k", "2", "3", "14", ".p.v1.K"))
      "enum_type{ name:'K' value{ name:'ZERO' number:0 } } ", { 0 }, "paths|/v1/{a}/{k}|get|parameters|",
      "[{'name':'a','in':'path','required':true,'type':'array','items':{'type':'string','format':'int64'},"
      "'collectionFormat':'csv','minItems':1},{'name':'k','in':'path','required':true,'type':'array',"
      "'items':{'type':'string','enum':['ZERO']},'collectionFormat':'csv','minItems':1}]" },
    { "what a query can say", DEPENDS("timestamp") DEPENDS("struct") ONE("2:'/a' ", REPEATED("r", "1", STRING)
      TYPED("k", "2", "1", "14", ".p.v1.K") TYPED("ks", "3", "3", "14", ".p.v1.K") TYPED("m", "4", "3", "11", ".p.v1.In.MEntry")
      TYPED("ms", "5", "3", "11", ".p.v1.In.MsEntry") TYPED("n", "6", "1", "11", ".p.v1.Out") TYPED("ns", "7", "3", "11", ".p.v1.Out")
      TYPED("t", "8", "1", "11", ".google.protobuf.Timestamp") TYPED("s", "9", "1", "11", ".google.protobuf.Struct")
      TYPED("mk", "10", "3", "11", ".p.v1.In.MkEntry")
      ENTRY("MEntry", "3", FIELD("value", "2", "5")) ENTRY("MsEntry", "9", TYPED("value", "2", "1", "11", ".p.v1.Out"))
      ENTRY("MkEntry", "8", TYPED("value", "2", "1", "14", ".p.v1.K")))
      "enum_type{ name:'K' value{ name:'ZERO' number:0 } } ", { 0 }, "paths|/a|get|parameters|",
      "[{'name':'r','in':'query','required':false,'type':'array','items':{'type':'string'},'collectionFormat':'multi'},"
      "{'name':'k','in':'query','required':false,'type':'string','enum':['ZERO'],'default':'ZERO'},"
      "{'name':'ks','in':'query','required':false,'type':'array','items':{'type':'string','enum':['ZERO']},"
      "'collectionFormat':'multi'},{'name':'m[string]','in':'query','required':false,'type':'integer'},"
      "{'name':'t','in':'query','required':false,'type':'string','format':'date-time'},"
      "{'name':'s','in':'query','required':false,'type':'string'},"
      "{'name':'mk[boolean]','in':'query','required':false,'type':'string'}]" },
    { "fields of fields", ONE("2:'/{n.b}' ", TYPED("n", "1", "1", "11", ".p.v1.N"))
      MESSAGE("N", FIELD("b", "1", STRING) FIELD("c", "2", "13") TYPED("o", "3", "1", "11", ".p.v1.N.O")
      "nested_type{ name:'O' " FIELD("d", "1", "2") "} "), { 0 }, "paths|/{n.b}|get|parameters|",
      "[{'name':'n.b','in':'path','required':true,'type':'string'},"
      "{'name':'n.c','in':'query','required':false,'type':'integer','format':'int64'},"
      "{'name':'n.o.d','in':'query','required':false,'type':'number','format':'float'}]" },
    { "members of a oneof of which the path has one", ONE("2:'/{a}' ", FIELD_AS("a", "1", "1", STRING, "oneof_index:0 ")
      FIELD_AS("b", "2", "1", STRING, "oneof_index:0 ") FIELD("c", "3", STRING) "oneof_decl{ name:'o' } "), { 0 },
      "paths|/{a}|get|parameters|", "[{'name':'a','in':'path','required':true,'type':'string'},"
      "{'name':'c','in':'query','required':false,'type':'string'}]" },
    { "the mask that the gateway makes", DEPENDS("field_mask") ONE("6:'/a' 7:'o' ", TYPED("o", "1", "1", "11", ".p.v1.Out")
      TYPED("update_mask", "2", "1", "11", ".google.protobuf.FieldMask")), { 0 }, "paths|/a|patch|parameters|",
      "[{'name':'o','in':'body','required':true,'schema':{'$ref':'#/definitions/v1Out'}}]" },

    /* bodies */
    { "the whole request", ONE("4:'/a' 7:'*' ", FIELD("x", "1", STRING)), { 0 }, "paths|/a|post|parameters|",
      "[{'name':'body','in':'body','required':true,'schema':{'$ref':'#/definitions/v1In'}}]" },
    { "what the path has not", ONE("4:'/{x}/{n.b}' 7:'*' ", FIELD("x", "1", STRING) FIELD("y", "2", STRING)
      TYPED("n", "3", "1", "11", ".p.v1.N")) MESSAGE("N", FIELD("b", "1", STRING)), { 0 }, "definitions|SMBody|",
      "{'type':'object','properties':{'y':{'type':'string'}}}" },
    { "a field", ONE("4:'/{n.b}' 7:'n' ", FIELD("x", "1", STRING) TYPED("n", "3", "1", "11", ".p.v1.N"))
      MESSAGE("N", FIELD("b", "1", STRING) FIELD("c", "2", "1")), { 0 }, "paths|/{n.b}|post|parameters|",
      "[{'name':'n.b','in':'path','required':true,'type':'string'},{'name':'n','in':'body','required':true,"
      "'schema':{'type':'object','properties':{'c':{'type':'number','format':'double'}}}},"
      "{'name':'x','in':'query','required':false,'type':'string'}]" },
    { "an Empty", DEPENDS("empty") "service{ name:'S' method{ name:'M' input_type:'.google.protobuf.Empty' "
      "output_type:'.google.protobuf.Empty' options{ " HTTP("4:'/a' 7:'*' ") "} } } ", { .disable_default_errors = true },
      "paths|/a|post|", "{'operationId':'S_M','responses':{'200':{'description':'A successful response.','schema':"
      "{'type':'object','properties':{}}}},'parameters':[{'name':'body','in':'body','required':true,'schema':"
      "{'type':'object','properties':{}}}],'tags':['S']}" },
    { "no rule, but wanted", SERVICE(METHOD("M", "")) MESSAGE("In", "") MESSAGE("Out", ""), { .generate_unbound_methods = true },
      "paths|/p.v1.S/M|post|parameters|",
      "[{'name':'body','in':'body','required':true,'schema':{'$ref':'#/definitions/v1In'}}]" },

    /* responses */
    { "a field of the reply", SERVICE(METHOD("M", HTTP("2:'/a' 12:'x' "))) MESSAGE("In", "") MESSAGE("Out", REPEATED("x", "1", "5")),
      { 0 }, "paths|/a|get|responses|200|",
      "{'description':'','schema':{'type':'array','items':{'type':'integer','format':'int32'}}}" },
    { "a server stream", "service{ name:'S' method{ name:'M' input_type:'.p.v1.In' output_type:'.p.v1.Out' server_streaming:1 options{ "
      GET("/a") "} } } " MESSAGE("In", "") MESSAGE("Out", ""), { 0 }, "paths|/a|get|responses|200|",
      "{'description':'A successful response.(streaming responses)','schema':{'type':'object','properties':"
      "{'result':{'$ref':'#/definitions/v1Out'},'error':" STATUS_REF "},'title':'Stream result of v1Out'}}" },
    { "a stream of bytes", "dependency:'google/api/httpbody.proto' service{ name:'S' method{ name:'M' input_type:'.p.v1.In' "
      "output_type:'.google.api.HttpBody' server_streaming:1 options{ " GET("/a") "} } } " MESSAGE("In", ""), { 0 },
      "paths|/a|get|responses|200|schema|",
      "{'type':'string','format':'binary','properties':{},'title':'Free form byte stream'}" },
    { "a client stream", "service{ name:'S' method{ name:'M' input_type:'.p.v1.In' output_type:'.p.v1.Out' client_streaming:1 options{ "
      HTTP("4:'/a' 7:'*' ") "} } } " MESSAGE("In", "") MESSAGE("Out", ""), { 0 }, "paths|/a|post|parameters|",
      "[{'name':'body','description':' (streaming inputs)','in':'body','required':true,'schema':{'$ref':'#/definitions/v1In'}}]" },

    /* definitions */
    { "well-known types", DEPENDS("wrappers") DEPENDS("any") DEPENDS("empty") DEPENDS("struct") ONE("4:'/a' 7:'*' ",
      TYPED("a", "1", "1", "11", ".google.protobuf.UInt64Value") TYPED("b", "2", "3", "11", ".google.protobuf.Any")
      TYPED("c", "3", "1", "11", ".google.protobuf.Empty") TYPED("d", "4", "1", "11", ".google.protobuf.Value")
      TYPED("e", "5", "1", "11", ".google.protobuf.ListValue") TYPED("f", "6", "3", "11", ".p.v1.In.FEntry")
      ENTRY("FEntry", "9", TYPED("value", "2", "1", "11", ".google.protobuf.Empty"))), { 0 }, "definitions|v1In|properties|",
      "{'a':{'type':'string','format':'uint64'},'b':{'type':'array','items':{'type':'object',"
      "'$ref':'#/definitions/protobufAny'}},'c':{'type':'object','properties':{}},'d':{},"
      "'e':{'type':'array','items':{}},'f':{'type':'object','additionalProperties':{'type':'object','properties':{}}}}" },
    { "a message that holds itself", ONE("4:'/a' 7:'*' ", TYPED("a", "1", "1", "11", ".p.v1.In")), { 0 }, "definitions|v1In|",
      "{'type':'object','properties':{'a':{'$ref':'#/definitions/v1In'}}}" },
    { "an enum", ONE("4:'/a' 7:'*' ", TYPED("k", "1", "1", "14", ".p.v1.K"))
      "enum_type{ name:'K' value{ name:'ZERO' number:0 } value{ name:'ONE' number:1 } value{ name:'HIDDEN' number:2 3{ "
      VISIBLE_TO("US") "} } } ", { 0 }, "definitions|v1K|", "{'type':'string','enum':['ZERO','ONE'],'default':'ZERO'}" },
    { "an enum in numbers", ONE("4:'/a' 7:'*' ", TYPED("k", "1", "1", "14", ".p.v1.K"))
      "enum_type{ name:'K' value{ name:'ZERO' number:0 } value{ name:'ONE' number:1 } } ", { .enums_as_ints = true },
      "definitions|v1K|", "{'type':'integer','format':'int32','enum':[0,1],'default':0}" },
    { "an enum without its zero", ONE("4:'/a' 7:'*' ", TYPED("k", "1", "1", "14", ".p.v1.K"))
      "enum_type{ name:'K' value{ name:'ZERO' number:0 } value{ name:'ONE' number:1 } } ", { .omit_enum_default_value = true },
      "definitions|v1K|", "{'type':'string','enum':['ONE']}" },
    { "field behavior", ONE("4:'/a' 7:'*' ", OPTION("a", "1", STRING, "1052:2 ") OPTION("b_c", "2", STRING, "1052:'\\x02\\x03' ")
      OPTION("d", "3", STRING, "1052:2 1052:1 ")), { 0 }, "definitions|v1In|",
      "{'type':'object','properties':{'a':{'type':'string'},'bC':{'type':'string','readOnly':true},"
      "'d':{'type':'string'}},'required':['a','bC']}" },
    { "required unless optional", ONE("4:'/a' 7:'*' ", FIELD("a", "1", STRING)
      FIELD_AS("b", "2", "1", STRING, "proto3_optional:1 oneof_index:0 ") "oneof_decl{ name:'_b' } "),
      { .use_proto3_field_semantics = true, .proto3_optional_nullable = true }, "definitions|v1In|",
      "{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'string','x-nullable':true}},'required':['a']}" },
    { "allOf", ONE("4:'/a' 7:'*' ", OPTION("a", "1", STRING, "") FIELD_AS("b", "2", "1", "11", "type_name:'.p.v1.Out' options{ 1042{ 6:'B.' } } ")
      TYPED("c", "3", "1", "11", ".p.v1.Out")), { .use_allof_for_refs = true }, "definitions|v1In|properties|",
      "{'a':{'type':'string'},'b':{'description':'B.','allOf':[{'$ref':'#/definitions/v1Out'}]},"
      "'c':{'$ref':'#/definitions/v1Out'}}" },

    /* names */
    { "two of a name", ONE("4:'/a' 7:'*' ", TYPED("a", "1", "1", "11", ".p.v1.A.X") TYPED("b", "2", "1", "11", ".p.v1.B.X"))
      MESSAGE("A", "nested_type{ name:'X' } ") MESSAGE("B", "nested_type{ name:'X' } "), { 0 }, "definitions|v1In|properties|",
      "{'a':{'$ref':'#/definitions/v1AX'},'b':{'$ref':'#/definitions/v1BX'}}" },
    { "full names", ONE("2:'/a' ", ""), { .naming = GG_OPENAPI_FQN }, "paths|/a|get|responses|200|schema|",
      "{'$ref':'#/definitions/p.v1.Out'}" },
    { "simple names", ONE("4:'/a' 7:'*' ", TYPED("a", "1", "1", "11", ".p.v1.A.X") TYPED("b", "2", "1", "11", ".p.v1.B.X"))
      MESSAGE("A", "nested_type{ name:'X' } ") MESSAGE("B", "nested_type{ name:'X' } "), { .naming = GG_OPENAPI_SIMPLE },
      "definitions|In|properties|", "{'a':{'$ref':'#/definitions/A.X'},'b':{'$ref':'#/definitions/B.X'}}" },
    { "names as in their package", ONE("4:'/a' 7:'*' ", TYPED("a", "1", "1", "11", ".p.v1.A.Y")) MESSAGE("A", "nested_type{ name:'Y' } "),
      { .naming = GG_OPENAPI_PACKAGE }, "definitions|In|properties|", "{'a':{'$ref':'#/definitions/A.Y'}}" },

    /* comments */
    { "of a method", ONE("2:'/a' ", "") "source_code_info{ " COMMENT("\\x06\\x00\\x02\\x00", " Says it.\n\n And more,\n of it.\n")
      "} ", { .disable_default_errors = true, .disable_default_responses = true }, "paths|/a|get|",
      "{'summary':'Says it.','description':'And more,\\nof it.','operationId':'S_M','responses':{},'tags':['S']}" },
    { "of a service and of the package", ONE("2:'/a' ", "") "source_code_info{ " COMMENT("\\x06\\x00", " What\r\n it is.\r\n")
      COMMENT("\\x02", " The title\n\n What it is about.\n") "} ", { 0 }, "tags|",
      "[{'name':'S','description':'What\\nit is.'}]" },
    { "of the package", "source_code_info{ " COMMENT("\\x02", " The title\n\n What it is about.\n") "} ", { 0 }, "info|",
      "{'title':'The title','description':'What it is about.','version':'version not set'}" },
    { "of messages and fields", ONE("4:'/a' 7:'*' ", FIELD("x", "1", STRING) FIELD("y", "2", STRING))
      "source_code_info{ " COMMENT("\\x04\\x00", " A title\n\n What it is.\n") COMMENT("\\x04\\x00\\x02\\x00", " A sentence. Output only.\n")
      "1{ 1:4 1:0 1:2 1:1 3:' Before (-- not this --)\n' 4:' Behind.\n' } } ", { 0 },
      "definitions|v1In|", "{'type':'object','properties':{'x':{'type':'string','description':'A sentence. Output only.',"
      "'readOnly':true},'y':{'type':'string','description':'Behind.','title':'Before'}},"
      "'description':'What it is.','title':'A title'}" },
    { "of an enum and its values", ONE("2:'/a' ", TYPED("k", "1", "1", "14", ".p.v1.K"))
      "enum_type{ name:'K' value{ name:'ZERO' number:0 } } source_code_info{ " COMMENT("\\x05\\x00", " Kinds\n")
      COMMENT("\\x05\\x00\\x02\\x00", " None.\n") "} ", { 0 }, "definitions|v1K|",
      "{'type':'string','enum':['ZERO'],'default':'ZERO','description':'- ZERO: None.','title':'Kinds'}" },
    { "that are not wanted", ONE("2:'/a' ", "") "source_code_info{ " COMMENT("\\x06\\x00", " What it is.\n") "} ",
      { .ignore_comments = true }, "tags|", "[{'name':'S'}]" },

    /* options */
    { "of a file", "options{ 1042{ 2{ 1:'T' 2:'D' 3:'terms' 4{ 1:'N' 2:'U' 3:'E' } 5{ 1:'MIT' } 6:'1.0' 7{ 1:'x-a' 2{ 3:'<&>' } } } "
      "3:'h:1' 4:'/b' 5:'\\x01\\x02' 6:'a/b' 7:'c/d' 11{ 1{ 1:'k' 2{ 1:2 3:'X-Key' 4:2 } } 1{ 1:'b' 2{ 1:1 2:'B' } } } "
      "12{ 1{ 1:'k' 2{ } } } 13{ 1:'t' 3{ 2:'u' } } 14{ 1:'docs' } 15{ 1:'x-z' 2{ 2:0 } } } } ", { .disable_default_errors = true }, "",
      "{'swagger':'2.0','info':{'title':'T','description':'D','termsOfService':'terms','version':'1.0',"
      "'contact':{'name':'N','url':'U','email':'E'},'license':{'name':'MIT'},'x-a':'<&>'},"
      "'tags':[{'name':'t','externalDocs':{'url':'u'}}],'host':'h:1','basePath':'/b','schemes':['http','https'],"
      "'consumes':['a/b'],'produces':['c/d'],'paths':{},'definitions':{},'securityDefinitions':{"
      "'b':{'type':'basic','description':'B'},'k':{'type':'apiKey','name':'X-Key','in':'header'}},"
      "'security':[{'k':[]}],'externalDocs':{'description':'docs'},'x-z':null}" },
    { "of a file, in parts", "options{ 1042{ 2{ 1:'T' } 5:1 } 1042{ 2{ 6:'2' } 5:2 } } ", { 0 }, "info|",
      "{'title':'T','version':'2'}" },
    { "of a method", SERVICE(METHOD("M", GET("/a") "1042{ 1:'t' 1:'u' 2:'S' 3:'D' 4{ 2:'url' } 5:'id' 6:'a/b' 7:'c/d' 9{ 1:'200' 2{ 1:'Ok' "
      "3{ 1:'x-rate' 2{ 2:'integer' 6:'5' } } 4{ 1:'application/json' 2:'{\"b\":1,\"a\":[]}' } 4{ 1:'text/plain' 2:'{' } } } "
      "9{ 1:'404' 2{ 2{ 1{ 3:'.p.v1.In' } } } } 11:1 12{ } 14{ 1{ 1:'X-Id' 3:1 5:1 } } } ")) MESSAGE("In", "") MESSAGE("Out", ""),
      { .disable_default_errors = true }, "paths|/a|get|",
      "{'summary':'S','description':'D','operationId':'id','responses':{'200':{'description':'Ok','schema':"
      "{'$ref':'#/definitions/v1Out'},'examples':{'application/json':{'b':1,'a':[]},'text/plain':'{'},"
      "'headers':{'X-Rate':{'type':'integer','default':5}}},'404':{'description':'','schema':{'$ref':'#/definitions/v1In'}}},"
      "'parameters':[{'name':'X-Id','in':'header','required':true,'type':'string'}],'tags':['t','u'],'deprecated':true,"
      "'consumes':['a/b'],'produces':['c/d'],'security':[],'externalDocs':{'url':'url'}}" },
    { "responses of all", "options{ 1042{ 10{ 1:'500' 2{ 1:'Oh' } } 10{ 1:'200' 2{ 1:'No' } } } } " ONE("2:'/a' ", ""),
      { .disable_default_errors = true }, "paths|/a|get|responses|",
      "{'200':{'description':'A successful response.','schema':{'$ref':'#/definitions/v1Out'}},"
      "'500':{'description':'Oh','schema':{}}}" },
    { "of a service", "options{ 1042{ 13{ 1:'t' } } } service{ name:'S' 3{ 1042{ 1:'t' 2:'D' 3{ 1:'d' } } } " METHOD("M", GET("/a"))
      "} " MESSAGE("In", "") MESSAGE("Out", ""), { 0 }, "tags|",
      "[{'name':'t','description':'D','externalDocs':{'description':'d'}}]" },
    { "of a message", ONE("4:'/a' 7:'*' ", FIELD("x_y", "1", STRING) "options{ 1042{ 1{ 5:'T' 6:'D' 26:'x_y' 24:3 } 5{ 2:'u' } 6:'{\"x\":1}' } } "),
      { 0 }, "definitions|v1In|", "{'type':'object','example':{'x':1},'properties':{'xY':{'type':'string'}},"
      "'description':'D','title':'T','externalDocs':{'url':'u'},'maxProperties':3,'required':['xY']}" },
    { "of a message that is another", ONE("4:'/a' 7:'*' ", "options{ 1042{ 1{ 3:'.p.v1.Other' } } } ") MESSAGE("Other", ""), { 0 },
      "definitions|v1In|", "{'$ref':'#/definitions/v1Other'}" },
    { "of fields", ONE("4:'/a' 7:'*' ", OPTION("n", "1", "5", "1042{ 6:'D' 7:'4' 10:'' 12:1 15:7 17:'^a$' 35:4 35:7 36:'f' 46:'p' 46:'q' } ")
      FIELD_AS("r", "2", "3", STRING, "options{ 1042{ 16:1 20:3 22:1 26:'r' 9:'[1]' 48{ 1:'x-e' 2{ 6{ 1{ 4:1 } } } } } } ")), { 0 },
      "definitions|v1In|", "{'type':'object','properties':{'n':{'type':'null','format':'f','enum':['p','q'],'default':'4',"
      "'description':'D','exclusiveMaximum':true,'maxLength':7,'pattern':'^a$'},'r':{'type':'array','example':[1],"
      "'items':{'type':'string','minLength':1},'maxItems':3,'uniqueItems':true,'x-e':[true]}},'required':['r']}" },
    { "of an enum", ONE("2:'/a' ", TYPED("k", "1", "1", "14", ".p.v1.K"))
      "enum_type{ name:'K' value{ name:'ZERO' number:0 } options{ 1042{ 1:'D' 3:'T' 5:1 7:'\"e\"' } } } ", { 0 }, "definitions|v1K|",
      "{'type':'string','example':'e','enum':['ZERO'],'default':'ZERO','description':'D','title':'T','readOnly':true}" },
    { "the name of a path parameter", ONE("2:'/{x}/b' ", OPTION("x", "1", STRING, "1042{ 1001{ 47:'y' 49:1 } } ")), { 0 },
      "paths|/{y}/b|get|parameters|", "[{'name':'y','in':'path','required':true,'deprecated':true,'type':'string'}]" },
    { "what is hidden", "service{ name:'S' " METHOD("M", GET("/a")) METHOD("N", GET("/b") VISIBLE_TO("US, THEM")) "} "
      "service{ name:'T' 3{ " VISIBLE_TO("US") "} " METHOD("M", GET("/c")) "} "
      MESSAGE("In", OPTION("x", "1", STRING, VISIBLE_TO("US")) FIELD("y", "2", STRING)) MESSAGE("Out", ""), { 0 }, "paths|/a|get|parameters|",
      "[{'name':'y','in':'query','required':false,'type':'string'}]" },
    { "what is old", "options{ 23:1 } " ONE("2:'/a' ", FIELD("x", "1", STRING)),
      { .enable_rpc_deprecation = true, .enable_field_deprecation = true, .disable_default_errors = true, .disable_default_responses = true },
      "paths|/a|get|", "{'operationId':'S_M','responses':{},'parameters':[{'name':'x','in':'query','required':false,"
      "'deprecated':true,'type':'string'}],'tags':['S'],'deprecated':true}" },

    /* -- refused -- */
    { "a query without end", ONE("2:'/a' ", TYPED("x", "1", "1", "11", ".p.v1.In")), { 0 }, NULL, "a.proto: p.v1.S.M: query parameter x.*: p.v1.In holds itself" },
    { "GET with a body", ONE("2:'/a' 7:'*' ", ""), { 0 }, NULL, "a.proto: p.v1.S.M: GET with a body" },
    { "DELETE with a body", ONE("5:'/a' 7:'*' ", ""), { 0 }, NULL, "a.proto: p.v1.S.M: DELETE with a body (the parameter allow_delete_body allows it)" },
    { "a path that is none", ONE("2:'a' ", ""), { 0 }, NULL, "a.proto: p.v1.S.M: a: " },
    { "a variable that is no field", ONE("2:'/{x.y}' ", FIELD("x", "1", STRING)), { 0 }, NULL, "a.proto: p.v1.S.M: no field x.y" },
    { "a body that is no field", ONE("4:'/' 7:'b' ", ""), { 0 }, NULL, "a.proto: p.v1.S.M: no field b" },
    { "a variable that is a message", ONE("2:'/{x}' ", TYPED("x", "1", "1", "11", ".p.v1.Out")), { 0 }, NULL,
      "a.proto: p.v1.S.M: x: a path variable cannot be a message" },
    { "a path twice", SERVICE(METHOD("M", GET("/a")) METHOD("N", GET("/a"))) MESSAGE("In", "") MESSAGE("Out", ""), { 0 }, NULL,
      "a.proto: p.v1.S.N: GET /a is taken" },
    { "a rule without a path", SERVICE(METHOD("M", HTTP(""))) MESSAGE("In", "") MESSAGE("Out", ""), { 0 }, NULL,
      "a.proto: p.v1.S.M: the rule has no pattern" },
    { "a name twice", ONE("4:'/{x}' 7:'*' ", FIELD("x", "1", STRING) TYPED("b", "2", "1", "11", ".p.v1.SM.Body"))
      MESSAGE("SM", "nested_type{ name:'Body' } "), { 0 }, NULL, "a.proto: p.v1.SM.Body: another definition is called SMBody too" },
    { "an example that is no JSON", ONE("4:'/a' 7:'*' ", OPTION("x", "1", STRING, "1042{ 9:'no' } ")), { 0 }, NULL,
      "a.proto: p.v1.In.x: is to be JSON, with its quotes: no" },
    { "an extension of no name", "options{ 1042{ 15{ 1:'y' 2{ 4:1 } } } } ", { 0 }, NULL, "a.proto: p.v1: extension \"y\" does not begin with x-" },
    { "a header of no type", SERVICE(METHOD("M", GET("/a") "1042{ 9{ 1:'200' 2{ 3{ 1:'a' 2{ 2:'array' } } } } } ")) MESSAGE("In", "")
      MESSAGE("Out", ""), { 0 }, NULL, "a.proto: p.v1.S.M: type \"array\" of header A is none of" },
    { "a header parameter of no type", SERVICE(METHOD("M", GET("/a") "1042{ 14{ 1{ 1:'a' } } } ")) MESSAGE("In", "") MESSAGE("Out", ""),
      { 0 }, NULL, "a.proto: p.v1.S.M: header parameter a has no type" },
};
/* clang-format on */

/* -- running one -- */
static gg_str proto_of(const row *r, gg_buf *file)
{
    descriptor_from_text("name:'a.proto' package:'p.v1' syntax:'proto3' ", "file", file);
    descriptor_from_text(r->proto, "file", file);
    return gg_buf_str(file);
}

/* The document of the row's file, or in *out what is wrong with it. */
static gg_rc run_with(const gg_openapi_options *options, gg_str proto, gg_buf *out)
{
    gg_desc_set set;
    gg_rc rc = gg_desc_set_init(&set, NULL, NULL);
    if (rc == GG_OK)
        rc = gg_desc_set_add(&set, proto);
    if (rc == GG_OK)
        rc = gg_openapi_add_files(&set);
    if (rc == GG_OK)
        rc = gg_desc_set_link(&set);
    if (rc == GG_OK) {
        const gg_desc_file *file = gg_desc_file_by_name(&set, GG_STR("a.proto"));
        gg_openapi_input input = { &set, &file, 1, options };
        gg_str error = { NULL, 0 };
        rc = gg_openapi_v2(&input, file, set.arena, out, &error);
        if (rc == GG_EINVAL && gg_buf_append(out, error) != GG_OK)
            rc = GG_ENOMEM;
    }
    gg_desc_set_deinit(&set);
    return rc;
}

static gg_rc run(const row *r, gg_str proto, gg_buf *out)
{
    gg_openapi_options options = r->options;
    options.json_names_for_fields = options.allow_patch_feature = true;
    options.repeated_path_param_separator = GG_STR("csv");
    return run_with(&options, proto, out);
}

/* JSON laid out as a document is, so that it can be compared. */
static void lay_out(gg_str json, const char *at, gg_buf *out)
{
    gg_tree_maker make = { gg_arena_new(NULL, GG_ARENA_LIMIT), false };
    gg_tree *tree = gg_tree_from_json(&make, json, false);
    for (const char *end; *at != 0 && tree != NULL; at = end + 1) {
        end = strchr(at, '|');
        tree = gg_tree_find(tree, gg_str_of(at, (size_t)(end - at)));
    }
    if (tree == NULL)
        fail_msg("not JSON, or not there: %s in %.*s", at, GG_STR_ARG(json));
    assert_int_equal(gg_tree_write(tree, out), GG_OK);
    gg_arena_unref(make.arena);
}

static void check_document(const row *r, gg_str document)
{
    gg_buf got = { 0 }, want = { 0 }, json = { 0 };
    lay_out(document, r->at, &got);
    assert_int_equal(gg_buf_append(&json, gg_str_from(r->want)), GG_OK);
    for (char *p = json.data; p < json.data + json.len; p++)
        *p = *p == '\'' ? '"' : *p;
    lay_out(gg_buf_str(&json), "", &want);
    gg_buf_deinit(&json);
    if (!gg_str_eq(gg_buf_str(&got), gg_buf_str(&want)))
        fail_msg("%s: got %.*s\nwant %.*s", r->what, GG_STR_ARG(gg_buf_str(&got)), GG_STR_ARG(gg_buf_str(&want)));
    gg_buf_deinit(&got);
    gg_buf_deinit(&want);
    want = (gg_buf){ 0 };
    lay_out(document, "", &want); /* it is written as it is read */
    assert_true(gg_str_eq(document, gg_buf_str(&want)));
    gg_buf_deinit(&want);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const row *r = &rows[i];
        gg_buf file = { 0 }, out = { 0 };
        gg_rc rc = run(r, proto_of(r, &file), &out);
        gg_str got = gg_buf_str(&out);
        if (rc != (r->at != NULL ? GG_OK : GG_EINVAL))
            fail_msg("%s: %d %.*s", r->what, rc, GG_STR_ARG(got));
        if (r->at != NULL)
            check_document(r, got);
        else if (got.len < strlen(r->want) || memcmp(got.ptr, r->want, strlen(r->want)) != 0)
            fail_msg("%s: %.*s", r->what, GG_STR_ARG(got));
        gg_buf_deinit(&file);
        gg_buf_deinit(&out);
    }
}

static void test_starved(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_buf file = { 0 };
        gg_str proto = proto_of(&rows[i], &file);
        bool starved = true;
        for (size_t n = 0; starved; n++) {
            gg_buf out = { 0 };
            gg_fail_after(n);
            gg_rc rc = run(&rows[i], proto, &out);
            starved = gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            gg_buf_deinit(&out);
            if (rc != (starved ? GG_ENOMEM : rows[i].at != NULL ? GG_OK : GG_EINVAL))
                fail_msg("%s, allocation %zu: %d", rows[i].what, n, rc);
        }
        gg_buf_deinit(&file);
    }
}

/* What is on by default, off. */
static void test_defaults(void **state)
{
    (void)state;
    static const row names = { "names of the .proto",
        ONE("2:'/v1/{a_b}' ", FIELD("a_b", "1", STRING) FIELD("e_f", "4", "8")), { 0 },
        "paths|/v1/{a_b}|get|parameters|",
        "[{'name':'a_b','in':'path','required':true,'type':'string'},"
        "{'name':'e_f','in':'query','required':false,'type':'boolean'}]" };
    static const row mask = { "the mask of a PATCH",
        DEPENDS("field_mask") ONE("6:'/a' 7:'o' ",
            TYPED("o", "1", "1", "11", ".p.v1.Out") TYPED("update_mask", "2", "1", "11", ".google.protobuf.FieldMask")),
        { 0 }, "paths|/a|patch|parameters|",
        "[{'name':'o','in':'body','required':true,'schema':{'$ref':'#/definitions/v1Out'}},"
        "{'name':'update_mask','in':'query','required':false,'type':'string'}]" };
    const row *both[] = { &names, &mask };
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
        gg_buf file = { 0 }, out = { 0 };
        assert_int_equal(run_with(&both[i]->options, proto_of(both[i], &file), &out), GG_OK);
        check_document(both[i], gg_buf_str(&out));
        gg_buf_deinit(&file);
        gg_buf_deinit(&out);
    }
}

/* Options that are cut short say less, and do no harm. */
static void test_cut_options(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        gg_buf file = { 0 };
        gg_str proto = proto_of(&rows[i], &file);
        for (size_t cut = 0; cut < proto.len; cut++) {
            gg_buf out = { 0 };
            gg_rc rc = run(&rows[i], gg_str_of(proto.ptr, cut), &out);
            assert_true(rc == GG_OK || rc == GG_EINVAL || rc == GG_EPROTO);
            gg_buf_deinit(&out);
        }
        gg_buf_deinit(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_starved),
        cmocka_unit_test(test_cut_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
