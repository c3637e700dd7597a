/* tls.h -- the certificate of a program's TCP listeners: from flags to a context, and anew on SIGHUP.
 *
 * A Unix socket never speaks TLS: the mode of its file guards it; so there is none inside Lambda. */
#ifndef GG_SRC_APP_TLS_H
#define GG_SRC_APP_TLS_H

#include "app/app.h"

/* Whether the flags fit each other and the program.  GG_OK, or GG_EINVAL and one line in error. */
gg_rc gg_app_check_tls(const gg_app *app, char error[GG_OPTION_ERROR_LEN]);
/* Reads the files, if there are any: app->tls_context.  GG_OK, or GG_EINVAL and one line in error. */
gg_rc gg_app_open_tls(gg_app *app, char error[GG_OPTION_ERROR_LEN]);
/* Reads them again, and logs how that went; the old ones stay in use if the new ones are no good. */
void gg_app_reload_tls(const gg_app *app);

#endif
