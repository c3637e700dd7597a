// peer.cc -- Google's C++ implementation, with the code that its protoc generates, as the second opinion on bytes (fuzz.h).
//
// Not with its dynamic messages: they keep what is unknown inside of map entries, and generated code does not.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <memory>
#include <string>

#include "every2.pb.h"
#include "fuzz.h"

namespace pb = google::protobuf;

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
