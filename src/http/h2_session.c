/* h2_session.c -- makes an nghttp2 session. */
#include "http/h2_session.h"

nghttp2_session *gg_h2_session_new(const gg_h2_session_config *config)
{
    nghttp2_session *session = NULL;
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_option *option = NULL;
    nghttp2_mem allocator = { config->pool, gg_block_malloc, gg_block_free, gg_block_calloc, gg_block_realloc };
    if (nghttp2_session_callbacks_new(&callbacks) == 0 && nghttp2_option_new(&option) == 0) {
        config->set_callbacks(callbacks);
        nghttp2_option_set_no_auto_window_update(option, 1);
        nghttp2_option_set_no_closed_streams(option, 1);
        nghttp2_option_set_max_outbound_ack(option, config->queued_acks);
        int rc = config->server ? nghttp2_session_server_new3(&session, callbacks, config->user, option, &allocator)
                                : nghttp2_session_client_new3(&session, callbacks, config->user, option, &allocator);
        if (rc != 0)
            session = NULL; /* it may point to freed memory */
    }
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    return session;
}
