// cpp.cc -- JSON -> wire and wire -> JSON by Debian's C++ protobuf (json_util), for bench/transcode.
//
//   transcode-cpp class|resolver FILE...     a round for each body: a line "ns-in ns-out"
//
// By the generated class, or from bytes to bytes by a type resolver.
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <ctime>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "bench/v1/echo.pb.h"

namespace util = google::protobuf::util;
using bench::v1::EchoMessage;

static const double round_ns = 200e6;

static double now_ns()
{
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) * 1e9 + double(t.tv_nsec);
}

template <class F> static double measure(size_t len, F convert)
{
    size_t count = 0, batch = 1 + 16384 / len;
    double start = now_ns(), spent;
    do {
        for (size_t i = 0; i < batch; i++)
            convert();
        count += batch;
        spent = now_ns() - start;
    } while (spent < round_ns);
    return spent / double(count);
}

static void check(bool ok)
{
    if (ok)
        return;
    fprintf(stderr, "transcode-cpp: failed\n");
    exit(1);
}

static size_t sum;

int main(int argc, char **argv)
{
    bool by_class = argc > 2 && std::string(argv[1]) == "class";
    const std::string type = "type.googleapis.com/bench.v1.EchoMessage";
    EchoMessage::default_instance();
    std::unique_ptr<util::TypeResolver> resolver(util::NewTypeResolverForDescriptorPool("type.googleapis.com",
        google::protobuf::DescriptorPool::generated_pool()));
    for (int i = 2; i < argc; i++) {
        std::ifstream file(argv[i], std::ios::binary);
        std::stringstream text;
        text << file.rdbuf();
        std::string json = text.str(), wire, back;
        EchoMessage message, again;
        check(util::JsonStringToMessage(json, &message).ok() && message.SerializeToString(&wire));
        check(util::MessageToJsonString(message, &back).ok() && util::JsonStringToMessage(back, &again).ok());
        check(util::MessageDifferencer::Equals(message, again) && message.items_size() > 0);
        double in = measure(json.size(), [&] {
            std::string out;
            if (by_class) {
                EchoMessage m;
                check(util::JsonStringToMessage(json, &m).ok() && m.SerializeToString(&out));
            } else {
                check(util::JsonToBinaryString(resolver.get(), type, json, &out).ok());
            }
            sum += out.size();
        });
        double out = measure(json.size(), [&] {
            std::string text_out;
            if (by_class) {
                EchoMessage m;
                check(m.ParseFromString(wire) && util::MessageToJsonString(m, &text_out).ok());
            } else {
                check(util::BinaryToJsonString(resolver.get(), type, wire, &text_out).ok());
            }
            sum += text_out.size();
        });
        printf("%.1f %.1f\n", in, out);
    }
    fprintf(stderr, "%zu bytes written in all\n", sum);
}
