// ping.cc -- the ping service in C++17 on the installed library: the public and the generated headers are C++ too.
#include "example/v1/ping.gg.h"
#include "gg/app.h"

#include <string>

namespace
{

gg_status ping(gg_call *call, const example_v1_PingRequest *, example_v1_PingResponse *response)
{
    const std::string message = std::string("Po") + "ng";
    response->message = gg_call_dup(call, gg_str_of(message.data(), message.size()));
    return GG_STATUS_OK;
}

} // namespace

int main(int argc, char **argv)
{
    example_v1_PingService service{};
    service.Ping = ping;
    gg_app *app = gg_app_new("ping");
    example_v1_PingService_register(app, &service, nullptr);
    return gg_app_main(app, argc, argv);
}
