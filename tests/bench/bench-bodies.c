/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A large file, uploaded to a server and downloaded again over
 * loopback, through streams at both ends: how fast, and whether the memory of
 * either process grows with it. Fails if the file does not come back as it was,
 * or if a process has grown by more than it may. */
#include <libcoap-layers/gcoap.h>

#include <glib/gstdio.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK (1 << 16)
/* So much goes to and fro before, so that all code is there. */
#define WARM_UP 262144

static gint n_megabytes = 512;
static gint max_growth = 16;

static const GOptionEntry entries[] = {
  { "size", 's', 0, G_OPTION_ARG_INT, &n_megabytes, "Size of the file (default 512)", "MIB" },
  { "max-growth", 0, 0, G_OPTION_ARG_INT, &max_growth, "Fail if a process grows by more (default 16)", "MIB" },
  { NULL }
};

/* RFC 7252 §4.4 lets 57344 message IDs be used with one server in
 * EXCHANGE_LIFETIME, which is 247 s where a datagram may be under way for 100 s:
 * 232 blocks in a second. None is for so long on loopback, and with these figures
 * (§4.8.2) it is 4.9 s. */
static GcoapContext *
make_context (void)
{
  GcoapContext *context = gcoap_context_new ();
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();

  gcoap_transport_tuning_set_ack_timeout (tuning, 200);
  gcoap_transport_tuning_set_max_latency (tuning, 100);
  gcoap_context_set_tuning (context, tuning);
  return context;
}

/* The resource: what is PUT goes to a file, and GET reads it. */

static GFile *
get_place (gpointer folder)
{
  g_autofree char *path = g_build_filename (folder, "body", NULL);

  return g_file_new_for_path (path);
}

static gboolean
get_cb (GcoapResource *resource G_GNUC_UNUSED,
        GcoapExchange *exchange,
        gpointer       folder)
{
  g_autoptr (GFile) place = get_place (folder);
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (place, NULL, &error);

  if (stream == NULL)
    g_error ("%s", error->message);
  gcoap_exchange_set_response_body (exchange, G_INPUT_STREAM (stream));
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static void
written_cb (GcoapExchange *exchange,
            gpointer       data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CHANGED);
  g_autoptr (GcoapExchange) held = exchange;

  gcoap_exchange_respond (exchange, response, TRUE);
}

static gboolean
put_cb (GcoapResource *resource G_GNUC_UNUSED,
        GcoapExchange *exchange,
        gpointer       folder)
{
  g_autoptr (GFile) place = get_place (folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileOutputStream) stream =
    g_file_replace (place, NULL, FALSE, G_FILE_CREATE_NONE, NULL, &error);

  if (stream == NULL)
    g_error ("%s", error->message);
  g_object_ref (exchange);
  gcoap_exchange_set_request_sink (exchange, G_OUTPUT_STREAM (stream), written_cb, NULL, NULL);
  return TRUE;
}

/* The server is a process of its own, so that each has its own memory. */
static int
serve (const char *folder,
       int         announce)
{
  g_autoptr (GcoapContext) context = make_context ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapResource) resource = GCOAP_RESOURCE (gcoap_simple_resource_new ());
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  g_signal_connect (resource, "get", G_CALLBACK (get_cb), (gpointer) folder);
  g_signal_connect (resource, "put", G_CALLBACK (put_cb), (gpointer) folder);
  gcoap_resource_set_body_handling (resource, GCOAP_BODY_HANDLING_STREAM);
  gcoap_site_add (site, "body", GCOAP_REQUEST_INTERFACE (resource));
  gcoap_context_set_site (context, GCOAP_REQUEST_INTERFACE (site));
  if (!gcoap_context_listen (context, "coap://127.0.0.1:0", &error))
    g_error ("%s", error->message);
  uris = gcoap_context_dup_listen_uris (context);
  if (write (announce, uris[0], strlen (uris[0])) < 0)
    g_error ("write: %s", g_strerror (errno));
  close (announce);
  g_main_loop_run (loop);
  return 0;
}

static pid_t
start_server (const char *folder,
              char      **uri)
{
  char text[128] = "";
  int ends[2];
  pid_t child;

  if (pipe (ends) < 0 || (child = fork ()) < 0)
    g_error ("%s", g_strerror (errno));
  if (child == 0)
    {
      close (ends[0]);
      _exit (serve (folder, ends[1]));
    }
  close (ends[1]);
  if (read (ends[0], text, sizeof text - 1) <= 0)
    g_error ("The server did not start.");
  close (ends[0]);
  *uri = g_strdup (text);
  return child;
}

/* The most that was resident at any time, in KiB. */
static gint64
get_peak (pid_t process)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) process);
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (line = strstr (text, "VmHWM:")) == NULL)
    g_error ("%s tells nothing.", path);
  return g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10);
}

static void
make_file (const char *path,
           goffset     length)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (1);
  g_autofree guint32 *data = g_new (guint32, CHUNK / 4);
  FILE *file = fopen (path, "wb");

  for (; file != NULL && length > 0; length -= CHUNK)
    {
      for (guint i = 0; i < CHUNK / 4; i++)
        data[i] = g_rand_int (chance);
      if (fwrite (data, 1, (gsize) MIN (length, CHUNK), file) == 0)
        break;
    }
  if (file == NULL || length > 0 || fclose (file) != 0)
    g_error ("%s: %s", path, g_strerror (errno));
}

static gboolean
are_equal (const char *path,
           const char *other)
{
  g_autofree guint8 *a = g_malloc (CHUNK);
  g_autofree guint8 *b = g_malloc (CHUNK);
  FILE *first = fopen (path, "rb");
  FILE *second = fopen (other, "rb");
  gboolean equal = first != NULL && second != NULL;
  gsize n = 1;

  while (equal && n > 0)
    {
      n = fread (a, 1, CHUNK, first);
      equal = fread (b, 1, CHUNK, second) == n && memcmp (a, b, n) == 0;
    }
  g_clear_pointer (&first, fclose);
  g_clear_pointer (&second, fclose);
  return equal;
}

static void
done_cb (GObject      *source G_GNUC_UNUSED,
         GAsyncResult *result,
         gpointer      place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

/* One request, with the file at @path as the body of it or of its response. */
static void
transfer (GcoapContext *context,
          GcoapCode     method,
          const char   *uri,
          const char   *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (method, uri, &error);
  g_autoptr (GcoapExchange) exchange = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) input = NULL;
  g_autoptr (GFileOutputStream) output = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GcoapMessage) response = NULL;

  if (request == NULL)
    g_error ("%s", error->message);
  exchange = gcoap_exchange_new (request);
  if (method == GCOAP_CODE_PUT && (input = g_file_read (file, NULL, &error)) != NULL)
    gcoap_exchange_set_request_body (exchange, G_INPUT_STREAM (input));
  else if (method == GCOAP_CODE_GET
           && (output = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, &error)) != NULL)
    gcoap_exchange_set_response_sink (exchange, G_OUTPUT_STREAM (output));
  if (error != NULL)
    g_error ("%s", error->message);
  gcoap_context_send_async (context, exchange, NULL, done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  response = gcoap_context_send_finish (context, result, &error);
  if (response == NULL)
    g_error ("%s", error->message);
  if (gcoap_message_get_code (response) >> 5 != 2)
    g_error ("%s was answered with code %x.", uri, gcoap_message_get_code (response));
  if (output != NULL && !g_output_stream_close (G_OUTPUT_STREAM (output), NULL, &error))
    g_error ("%s", error->message);
}

static void
measure (GcoapContext *context,
         GcoapCode     method,
         const char   *uri,
         const char   *path)
{
  gint64 begin = g_get_monotonic_time ();
  double seconds;

  transfer (context, method, uri, path);
  seconds = (double) (g_get_monotonic_time () - begin) / 1e6;
  printf ("%s: %d MiB in %.1f s, %.1f MiB/s, %.0f blocks/s\n",
          method == GCOAP_CODE_PUT ? "upload" : "download", n_megabytes, seconds,
          n_megabytes / seconds, n_megabytes * 1024 / seconds);
  fflush (stdout);
}

static gboolean
has_grown (const char *who,
           pid_t       process,
           gint64      before)
{
  gint64 after = get_peak (process);

  printf ("%s: VmHWM %" G_GINT64_FORMAT " KiB, before %" G_GINT64_FORMAT " KiB\n", who, after, before);
  return after - before > max_growth * 1024;
}

static gboolean
run (const char *folder)
{
  g_autoptr (GcoapContext) context = NULL;
  g_autofree char *inside = g_build_filename (folder, "served", NULL);
  g_autofree char *original = g_build_filename (folder, "original", NULL);
  g_autofree char *returned = g_build_filename (folder, "returned", NULL);
  g_autofree char *root = NULL;
  g_autofree char *uri = NULL;
  gint64 before_client, before_server;
  gboolean is_good = TRUE;
  pid_t server;

  g_mkdir (inside, 0700);
  server = start_server (inside, &root);
  uri = g_strconcat (root, "/body", NULL);
  context = make_context ();

  make_file (original, WARM_UP);
  transfer (context, GCOAP_CODE_PUT, uri, original);
  transfer (context, GCOAP_CODE_GET, uri, returned);
  make_file (original, (goffset) n_megabytes << 20);
  before_client = get_peak (getpid ());
  before_server = get_peak (server);
  measure (context, GCOAP_CODE_PUT, uri, original);
  measure (context, GCOAP_CODE_GET, uri, returned);
  if (has_grown ("client", getpid (), before_client) | has_grown ("server", server, before_server))
    {
      g_printerr ("That is more than %d MiB.\n", max_growth);
      is_good = FALSE;
    }
  if (!are_equal (original, returned))
    {
      g_printerr ("The file has not come back as it was.\n");
      is_good = FALSE;
    }
  kill (server, SIGTERM);
  waitpid (server, NULL, 0);
  return is_good;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GOptionContext) options = g_option_context_new ("- transfer a large file");
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  const char *const files[] = { "served/body", "served", "original", "returned", "" };
  gboolean is_good;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error)
      || (folder = g_dir_make_tmp ("gcoap-bodies-XXXXXX", &error)) == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  n_megabytes = CLAMP (n_megabytes, 1, 1024);
  is_good = run (folder);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i], NULL);

      remove (path);
    }
  return is_good ? 0 : 1;
}
