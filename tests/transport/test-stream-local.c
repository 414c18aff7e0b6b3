/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-local-private.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
test_host (void)
{
  static const struct { const char *text; const char *host; } cases[] = {
    { "example.org", "example.org" },
    { "Example.ORG:8080", "example.org" },
    { "example.org:80", "example.org" },
    { "example.org:", "example.org" },
    { "192.0.2.1", "192.0.2.1" },
    { "192.0.2.1:5683", "192.0.2.1" },
    { "[2001:DB8::1]", "[2001:db8::1]" },
    { "[2001:db8::1]:443", "[2001:db8::1]" },
    { "[fe80::1%25eth0]:443", "[fe80::1]" },
    { "a%41", "aa" },
    { "", NULL },
    { ":80", NULL },
    { "[::1", NULL },
    { "a:b", NULL },
    { "a:65536", NULL },
    { "a:80:80", NULL },
    { "a/b", NULL },
    { "a?b", NULL },
    { "a#b", NULL },
    { "u@a", NULL },
    { "a b", NULL },
    { "a\xff", NULL },
    { "%2Frun%2Fsocket", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *host = gcoap_stream_local_dup_host (cases[i].text, strlen (cases[i].text));
      g_autofree char *shown = g_utf8_make_valid (cases[i].text, -1);

      g_test_message ("%s", shown);
      g_assert_cmpstr (host, ==, cases[i].host);
    }
  g_assert_null (gcoap_stream_local_dup_host ("a\0b", 3));
}

static void
test_new (void)
{
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof name;
  g_autoptr (GcoapLocal) local = NULL;
  g_autoptr (GcoapLocal) other = NULL;
  g_autofree char *expected = NULL;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int pair[2];

  g_assert_cmpint (bind (fd, (struct sockaddr *) &name, length), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &name, &length), ==, 0);
  local = gcoap_stream_local_new (fd, 80, "example.org");
  expected = g_strdup_printf ("127.0.0.1:%u", ntohs (name.sin_port));
  g_assert_cmpstr (gcoap_local_get_hostinfo (local), ==, expected);
  g_assert_cmpstr (gcoap_local_get_host (local), ==, "example.org");
  other = gcoap_stream_local_new (fd, ntohs (name.sin_port), NULL);
  g_assert_cmpstr (gcoap_local_get_hostinfo (other), ==, "127.0.0.1");
  g_assert_null (gcoap_local_get_host (other));
  close (fd);

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  g_assert_null (gcoap_stream_local_new (pair[0], 80, "example.org"));
  close (pair[0]);
  close (pair[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-local/host", test_host);
  g_test_add_func ("/stream-local/new", test_new);
  return g_test_run ();
}
