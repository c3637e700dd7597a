/* drive.h -- a channel that a test moves from outside. */
#ifndef TEST_CLIENT_DRIVE_H
#define TEST_CLIENT_DRIVE_H

/* options: up to NULL.  Returns the exit status. */
int drive(const char *target, char **options);

#endif
