/* server.c -- the program that serves the guide. */
#include <stdio.h>

#include "guide/guide.h"

int main(int argc, char **argv)
{
    guide g;
    if (!guide_init(&g)) {
        fprintf(stderr, "routeguide-server: out of memory\n");
        return 1;
    }
    gg_app *app = gg_app_new("routeguide-server");
    guide_register(app, &g);
    int status = gg_app_main(app, argc, argv);
    guide_deinit(&g);
    return status;
}
