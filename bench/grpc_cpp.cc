// grpc_cpp.cc -- the benchmark's services by gRPC C++, callback API, with its defaults.  Measured beside ours by
// bench/grpc.
//
//   bench-grpc-cpp ADDRESS      until it is killed
#include <grpcpp/grpcpp.h>

#include "bench/v1/benchmark.grpc.pb.h"
#include "example/v1/ping.grpc.pb.h"

using bench::v1::Payload;
using bench::v1::Received;
using bench::v1::Wanted;
using grpc::CallbackServerContext;
using grpc::Status;

class PingService final : public example::v1::PingService::CallbackService
{
    grpc::ServerUnaryReactor *Ping(CallbackServerContext *context, const example::v1::PingRequest *,
        example::v1::PingResponse *response) override
    {
        response->set_message("Pong");
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(Status::OK);
        return reactor;
    }
};

class FromClient final : public grpc::ServerReadReactor<Payload>
{
  public:
    explicit FromClient(Received *received) : received_(received)
    {
        StartRead(&request_);
    }
    void OnReadDone(bool ok) override
    {
        if (!ok)
            return Finish(Status::OK);
        received_->set_count(received_->count() + 1);
        received_->set_bytes(received_->bytes() + request_.body().size());
        StartRead(&request_);
    }
    void OnDone() override
    {
        delete this;
    }

  private:
    Received *received_;
    Payload request_;
};

class FromServer final : public grpc::ServerWriteReactor<Payload>
{
  public:
    explicit FromServer(const Wanted *wanted) : left_(wanted->count())
    {
        response_.set_body(std::string(wanted->len(), '\0'));
        Next();
    }
    void OnWriteDone(bool ok) override
    {
        ok ? Next() : Finish(Status::CANCELLED);
    }
    void OnDone() override
    {
        delete this;
    }

  private:
    void Next()
    {
        if (left_ == 0)
            return Finish(Status::OK);
        left_--;
        StartWrite(&response_);
    }
    uint32_t left_;
    Payload response_;
};

class BothWays final : public grpc::ServerBidiReactor<Payload, Payload>
{
  public:
    BothWays()
    {
        StartRead(&message_);
    }
    void OnReadDone(bool ok) override
    {
        ok ? StartWrite(&message_) : Finish(Status::OK);
    }
    void OnWriteDone(bool ok) override
    {
        ok ? StartRead(&message_) : Finish(Status::CANCELLED);
    }
    void OnDone() override
    {
        delete this;
    }

  private:
    Payload message_;
};

class BenchmarkService final : public bench::v1::BenchmarkService::CallbackService
{
    grpc::ServerUnaryReactor *UnaryCall(CallbackServerContext *context, const Payload *request,
        Payload *response) override
    {
        *response = *request;
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(Status::OK);
        return reactor;
    }
    grpc::ServerReadReactor<Payload> *StreamingFromClient(CallbackServerContext *, Received *received) override
    {
        return new FromClient(received);
    }
    grpc::ServerWriteReactor<Payload> *StreamingFromServer(CallbackServerContext *, const Wanted *wanted) override
    {
        return new FromServer(wanted);
    }
    grpc::ServerBidiReactor<Payload, Payload> *StreamingBothWays(CallbackServerContext *) override
    {
        return new BothWays;
    }
};

int main(int argc, char **argv)
{
    if (argc != 2)
        return fprintf(stderr, "usage: bench-grpc-cpp ADDRESS\n"), 2;
    PingService ping;
    BenchmarkService benchmark;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
    builder.RegisterService(&ping);
    builder.RegisterService(&benchmark);
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (server == nullptr)
        return 1;
    server->Wait();
}
