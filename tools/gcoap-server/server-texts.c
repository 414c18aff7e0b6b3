/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resources that always answer the same text: what the plugtests ask to be
 * there, with the link attributes they filter by. */
#include "gcoap-server/server-resources.h"

typedef struct
{
  const char *path;
  const char *text;
  const char *resource_type;
  const char *interface_description;
  const char *attribute;
  const char *value;
} Text;

static const Text texts[] = {
  { "hello", "Hello World!\n", NULL, NULL, NULL, NULL },
  { "seg1/seg2/seg3", "A path of three segments led here.\n", NULL, NULL, NULL, NULL },
  /* TD_COAP_LINK_02 to 08: resource types, interfaces and sizes to filter by. */
  { "link1", "The first of three links.\n", "Type1 Type2", "If1", NULL, NULL },
  { "link2", "The second of three links.\n", "Type2 Type3", "If2", "sz", "27" },
  { "link3", "The third of three links.\n", "Type1 Type3", "foo", NULL, NULL },
};

static gboolean
get_cb (GcoapSimpleResource *resource,
        GcoapExchange       *exchange,
        gpointer             user_data)
{
  gcoap_resource_answer_text (exchange, user_data);
  return TRUE;
}

void
server_add_texts (GcoapSite *site)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GcoapResource *resource = server_add (site, texts[i].path, G_CALLBACK (get_cb),
                                            (gpointer) texts[i].text);

      gcoap_resource_set_resource_type (resource, texts[i].resource_type);
      gcoap_resource_set_interface_description (resource, texts[i].interface_description);
      if (texts[i].attribute != NULL)
        gcoap_resource_add_attribute (resource, texts[i].attribute, texts[i].value);
    }
}
