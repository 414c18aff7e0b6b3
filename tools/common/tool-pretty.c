/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payloads for people: JSON indented, a link a line, CBOR in diagnostic
 * notation, SenML as a table, text made safe, and everything else as a hex
 * dump. */
#include "common/tool-pretty.h"

#include <libcoap-layers/gcoap.h>

#include <string.h>

#include "common/tool-cbor.h"
#include "common/tool-json.h"
#include "common/tool-terminal.h"

#define BYTES_PER_LINE 16

/* What a media type is called up to its parameters. */
static char *
dup_bare_type (guint content_format)
{
  const char *media_type = NULL;

  if (content_format != TOOL_CONTENT_FORMAT_NONE
      && gcoap_content_format_get_content_coding (content_format) == NULL)
    media_type = gcoap_content_format_get_media_type (content_format);

  return media_type != NULL ? g_strndup (media_type, strcspn (media_type, "; ")) : NULL;
}

ToolPayloadKind
tool_payload_get_kind (guint         content_format,
                       const guint8 *data,
                       gsize         length)
{
  g_autofree char *type = dup_bare_type (content_format);
  gboolean is_known = content_format != TOOL_CONTENT_FORMAT_NONE
                      && gcoap_content_format_get_media_type (content_format) != NULL;

  if (length > 0 && !g_utf8_validate ((const char *) data, (gssize) length, NULL))
    return TOOL_PAYLOAD_BINARY;
  if (!is_known)
    return TOOL_PAYLOAD_TEXT;
  /* A known format in a content coding is never text. */
  if (type == NULL)
    return TOOL_PAYLOAD_BINARY;
  if (strcmp (type, "application/link-format") == 0)
    return TOOL_PAYLOAD_LINKS;
  if (strcmp (type, "application/json") == 0 || g_str_has_suffix (type, "+json"))
    return TOOL_PAYLOAD_JSON;
  if (g_str_has_prefix (type, "text/") || strcmp (type, "application/xml") == 0
      || strcmp (type, "application/javascript") == 0 || g_str_has_suffix (type, "+xml"))
    return TOOL_PAYLOAD_TEXT;

  return TOOL_PAYLOAD_BINARY;
}

static void
append_hex_line (GString      *text,
                 const guint8 *data,
                 gsize         offset,
                 gsize         length,
                 gboolean      color)
{
  g_autofree char *place = g_strdup_printf ("%08" G_GSIZE_MODIFIER "x", offset);

  tool_append_styled (text, color, TOOL_STYLE_FAINT, place, -1);
  for (gsize i = 0; i < BYTES_PER_LINE; i++)
    {
      g_string_append (text, i == BYTES_PER_LINE / 2 ? "  " : " ");
      if (i < length)
        g_string_append_printf (text, "%02x", data[i]);
      else
        g_string_append (text, "  ");
    }
  g_string_append (text, "  |");
  for (gsize i = 0; i < length; i++)
    g_string_append_c (text, g_ascii_isprint (data[i]) ? (char) data[i] : '.');
  g_string_append (text, "|\n");
}

static char *
dump (const guint8 *data,
      gsize         length,
      gboolean      color)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i += BYTES_PER_LINE)
    append_hex_line (text, data + i, i, MIN (BYTES_PER_LINE, length - i), color);

  return g_string_free (text, FALSE);
}

/* NULL if the text is no list of links. The target gets a colour of its own. */
static char *
lay_links_out (const guint8 *data,
               gsize         length,
               gboolean      color)
{
  g_autoptr (GPtrArray) links = gcoap_link_format_parse ((const char *) data, (gssize) length, NULL);
  GString *text;

  if (links == NULL)
    return NULL;

  text = g_string_new (NULL);
  for (guint i = 0; i < links->len; i++)
    {
      g_autofree char *link = gcoap_link_to_string (g_ptr_array_index (links, i));
      g_autofree char *safe = tool_make_safe (link);
      const char *end = strchr (safe, '>');
      gsize target = end != NULL ? (gsize) (end + 1 - safe) : 0;

      tool_append_styled (text, color, TOOL_STYLE_NAME, safe, (gssize) target);
      g_string_append (text, safe + target);
      g_string_append (text, i + 1 < links->len ? ",\n" : "\n");
    }

  return g_string_free (text, FALSE);
}

static char *
make_text_safe (const guint8 *data,
                gsize         length)
{
  GString *text = g_string_new (NULL);

  tool_append_safe (text, TOOL_LINES_MANY, (const char *) data, (gssize) length);
  if (text->len > 0 && text->str[text->len - 1] != '\n')
    g_string_append_c (text, '\n');

  return g_string_free (text, FALSE);
}

char *
tool_pretty_payload (guint         content_format,
                     const guint8 *data,
                     gsize         length,
                     gboolean      color)
{
  ToolPayloadKind kind = tool_payload_get_kind (content_format, data, length);
  g_autofree char *laid_out = NULL;

  if (length == 0)
    return g_strdup ("");
  laid_out = tool_senml_lay_out (content_format, data, length, color);
  if (laid_out == NULL)
    laid_out = tool_cbor_lay_out (content_format, data, length);
  if (laid_out != NULL)
    return g_steal_pointer (&laid_out);
  if (kind == TOOL_PAYLOAD_BINARY)
    return dump (data, length, color);
  if (kind == TOOL_PAYLOAD_JSON)
    {
      laid_out = tool_json_lay_out ((const char *) data, length, color);
      if (laid_out != NULL)
        return g_strconcat (laid_out, "\n", NULL);
    }
  if (kind == TOOL_PAYLOAD_LINKS)
    {
      laid_out = lay_links_out (data, length, color);
      if (laid_out != NULL)
        return g_steal_pointer (&laid_out);
    }

  return make_text_safe (data, length);
}
