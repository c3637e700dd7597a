// peer.cc -- Google's C++ implementation, with the code that its protoc generates, as the second opinion on bytes (fuzz.h).
//
// Not with its dynamic messages: they keep what is unknown inside of map entries, and generated code does not.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <memory>
#include <string>
#include <vector>

#include "every2.pb.h"
#include "fuzz.h"

namespace pb = google::protobuf;

namespace
{
// A number of an open enum that the enum does not have, in a field of a proto2 file: C++ takes the enum for closed there and
// sets the number aside (protobuf.dev, "Enum Behavior", known issues).
bool sets_aside(const pb::Message &message)
{
    const pb::Reflection &reflection = *message.GetReflection();
    const pb::UnknownFieldSet &unknown = reflection.GetUnknownFields(message);
    for (int i = 0; i < unknown.field_count(); i++) {
        const pb::FieldDescriptor *field = message.GetDescriptor()->FindFieldByNumber(unknown.field(i).number());
        if (field == nullptr)
            field = reflection.FindKnownExtensionByNumber(unknown.field(i).number());
        if (field != nullptr && field->enum_type() != nullptr &&
            field->enum_type()->file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO3)
            return true;
    }
    std::vector<const pb::FieldDescriptor *> fields;
    reflection.ListFields(message, &fields);
    for (const pb::FieldDescriptor *field : fields) {
        if (field->message_type() == nullptr)
            continue;
        if (!field->is_repeated() && sets_aside(reflection.GetMessage(message, field)))
            return true;
        for (int i = 0; field->is_repeated() && i < reflection.FieldSize(message, field); i++)
            if (sets_aside(reflection.GetRepeatedMessage(message, field, i)))
                return true;
    }
    return false;
}
} // namespace

bool fuzz_peer_reads(gg_str type, gg_str wire, gg_arena *arena, gg_str *meaning)
{
    every::v1::Old::descriptor(); // links the files in
    pb::SetLogHandler(nullptr);
    const pb::Descriptor *descriptor =
        pb::DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(type.ptr, type.len));
    LAW(descriptor != nullptr, "C++ does not know a type");
    std::unique_ptr<pb::Message> message(pb::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
    if (!message->ParsePartialFromArray(wire.ptr, static_cast<int>(wire.len)))
        return false;
    *meaning = gg_str{ nullptr, 0 };
    if (sets_aside(*message))
        return true;
    message->DiscardUnknownFields();
    std::string out;
    {
        pb::io::StringOutputStream stream(&out);
        pb::io::CodedOutputStream coded(&stream);
        coded.SetSerializationDeterministic(true);
        message->SerializePartialToCodedStream(&coded);
    }
    *meaning = gg_arena_dup(arena, gg_str{ out.data(), out.size() });
    return meaning->ptr != nullptr;
}
