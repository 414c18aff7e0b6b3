/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that may hold secrets. When it grows, the old copy is wiped too. */
#include "gcoap-keygen/keygen-text.h"

#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "common/tool-json.h"
#include "gcoap-keygen/keygen-file.h"

#define FIRST_SIZE 4096

struct _KeygenText
{
  char  *data;
  gsize  length;
  gsize  size;
};

static char *
allocate (gsize size)
{
  /* It begins to work with sodium_init(), which main() calls. */
  char *data = sodium_malloc (size);

  if (data == NULL)
    g_error ("There is no memory for %" G_GSIZE_FORMAT " bytes.", size);
  return data;
}

KeygenText *
keygen_text_new (void)
{
  KeygenText *self = g_new0 (KeygenText, 1);

  self->data = allocate (FIRST_SIZE);
  self->data[0] = '\0';
  self->size = FIRST_SIZE;
  return self;
}

void
keygen_text_free (KeygenText *self)
{
  sodium_free (self->data);
  g_free (self);
}

char *
keygen_text_reserve (KeygenText *self,
                     gsize       length)
{
  if (length >= self->size - self->length)
    {
      gsize size = MAX (self->size * 2, self->length + length + 1);
      char *data = allocate (size);

      memcpy (data, self->data, self->length + 1);
      sodium_free (self->data);
      self->data = data;
      self->size = size;
    }
  return self->data + self->length;
}

void
keygen_text_grow (KeygenText *self,
                  gsize       length)
{
  g_return_if_fail (length < self->size - self->length);

  self->length += length;
  self->data[self->length] = '\0';
}

void
keygen_text_append (KeygenText *self,
                    const char *content,
                    gssize      length)
{
  gsize n = length < 0 ? strlen (content) : (gsize) length;

  memcpy (keygen_text_reserve (self, n), content, n);
  keygen_text_grow (self, n);
}

void
keygen_text_append_all (KeygenText *self,
                        ...)
{
  va_list arguments;
  const char *content;

  va_start (arguments, self);
  while ((content = va_arg (arguments, const char *)) != NULL)
    keygen_text_append (self, content, -1);
  va_end (arguments);
}

void
keygen_text_append_json (KeygenText *self,
                         const char *content)
{
  g_autoptr (GString) json = g_string_new (NULL);

  tool_json_append_string (json, content, -1);
  keygen_text_append (self, json->str, (gssize) json->len);
}

void
keygen_text_append_hex (KeygenText   *self,
                        const guint8 *data,
                        gsize         length)
{
  char *end = keygen_text_reserve (self, 2 * length);

  sodium_bin2hex (end, 2 * length + 1, data, length);
  keygen_text_grow (self, 2 * length);
}

void
keygen_text_append_client (KeygenText *self,
                           const char *host,
                           KeygenText *session)
{
  static const struct { const char *scheme; const char *before; } kinds[] = {
    { "coaps", ": {\"dtls\": " },
    { "coaps+tcp", ": {\"tls\": " },
    { "coaps+ws", ": {\"tls\": " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *pattern = g_strconcat (kinds[i].scheme, host, NULL);

      keygen_text_append (self, i == 0 ? "{" : ", ", -1);
      keygen_text_append_json (self, pattern);
      keygen_text_append_all (self, kinds[i].before, session->data, "}", NULL);
    }
  keygen_text_append (self, "}\n", -1);
}

void
keygen_text_append_own (KeygenText *self,
                        KeygenText *session)
{
  keygen_text_append_all (self, "{\"server\": {\"own\": {\"dtls\": ", session->data, ", \"tls\": ", session->data,
                          "}}}\n", NULL);
}

const char *
keygen_text_peek (KeygenText *self)
{
  return self->data;
}

gsize
keygen_text_get_length (KeygenText *self)
{
  return self->length;
}

gboolean
keygen_text_print (KeygenText *self,
                   GError    **error)
{
  if (keygen_file_write_all (STDOUT_FILENO, self->data, self->length))
    return TRUE;
  keygen_file_set_error (error, errno, "Cannot write to standard output");
  return FALSE;
}
