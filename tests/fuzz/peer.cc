// peer.cc -- Google's C++ implementation, as the second opinion on bytes (fuzz.h).
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <memory>
#include <string>

#include "fuzz.h"

namespace pb = google::protobuf;

namespace {
struct Peer {
    pb::DescriptorPool pool;
    pb::DynamicMessageFactory factory;

    explicit Peer(const std::string &bytes) : factory(&pool)
    {
        pb::FileDescriptorSet set;
        LAW(set.ParseFromString(bytes), "the descriptor set is none to C++");
        pb::SetLogHandler(nullptr);
        for (const pb::FileDescriptorProto &file : set.file())
            LAW(pool.BuildFile(file) != nullptr, "C++ refuses a file");
    }
};
} // namespace

bool fuzz_peer_reads(gg_str set, gg_str type, gg_str wire, gg_arena *arena, gg_str *meaning)
{
    static Peer peer(std::string(set.ptr, set.len));
    const pb::Descriptor *descriptor = peer.pool.FindMessageTypeByName(std::string(type.ptr, type.len));
    LAW(descriptor != nullptr, "C++ does not know a type");
    std::unique_ptr<pb::Message> message(peer.factory.GetPrototype(descriptor)->New());
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
