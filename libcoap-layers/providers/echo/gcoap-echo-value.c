/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/echo/gcoap-echo-value-private.h"

#include <sodium.h>
#include <string.h>

#include "base/gcoap-random-private.h"

#define TIME_LENGTH 4
#define MAC_LENGTH (GCOAP_ECHO_VALUE_LENGTH - TIME_LENGTH)
#define DIGEST_LENGTH 32

void
gcoap_echo_keys_init (GcoapEchoKeys *self)
{
  memset (self, 0, sizeof *self);
}

void
gcoap_echo_keys_clear (GcoapEchoKeys *self)
{
  sodium_memzero (self, sizeof *self);
}

/* A key makes values for one window and recognizes them for another, so that
 * no time, whose 32 bits of milliseconds come round after 49 days, is met
 * again under the same key. */
static void
renew (GcoapEchoKeys *self,
       gint64         now,
       guint          window)
{
  gint64 lifetime = (gint64) window * 1000;

  if (self->has_newer && now - self->newer_since < lifetime)
    return;
  self->has_older = self->has_newer && now - self->newer_since < 2 * lifetime;
  if (self->has_older)
    memcpy (self->older, self->newer, sizeof self->older);
  else
    sodium_memzero (self->older, sizeof self->older);
  gcoap_random_fill (self->newer, sizeof self->newer);
  self->newer_since = now;
  self->has_newer = TRUE;
}

static void
compute_mac (const guint8          key[GCOAP_ECHO_KEY_LENGTH],
             const guint8          time[TIME_LENGTH],
             GcoapEndpointAddress *address,
             guint8                mac[MAC_LENGTH])
{
  g_autofree char *name = gcoap_endpoint_address_dup_uri_base (address);
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, key, GCOAP_ECHO_KEY_LENGTH);
  guint8 digest[DIGEST_LENGTH];
  gsize length = sizeof digest;

  g_hmac_update (hmac, time, TIME_LENGTH);
  g_hmac_update (hmac, (const guchar *) name, (gssize) strlen (name));
  g_hmac_get_digest (hmac, digest, &length);
  g_hmac_unref (hmac);
  memcpy (mac, digest, MAC_LENGTH);
}

static void
write_time (guint32 milliseconds,
            guint8  time[TIME_LENGTH])
{
  milliseconds = GUINT32_TO_BE (milliseconds);
  memcpy (time, &milliseconds, TIME_LENGTH);
}

static guint32
read_time (const guint8 *value)
{
  guint32 milliseconds;

  memcpy (&milliseconds, value, TIME_LENGTH);
  return GUINT32_FROM_BE (milliseconds);
}

void
gcoap_echo_keys_make_value (GcoapEchoKeys        *self,
                            GcoapEndpointAddress *address,
                            gint64                now,
                            guint                 window,
                            guint8                value[GCOAP_ECHO_VALUE_LENGTH])
{
  renew (self, now, window);
  write_time ((guint32) (now / 1000), value);
  compute_mac (self->newer, value, address, value + TIME_LENGTH);
}

static gboolean
is_made_with (const guint8          key[GCOAP_ECHO_KEY_LENGTH],
              GcoapEndpointAddress *address,
              const guint8         *value)
{
  guint8 mac[MAC_LENGTH];

  compute_mac (key, value, address, mac);
  /* In constant time: how much of a guess was right must not show. */
  return sodium_memcmp (mac, value + TIME_LENGTH, MAC_LENGTH) == 0;
}

gint64
gcoap_echo_keys_check_value (GcoapEchoKeys        *self,
                             GcoapEndpointAddress *address,
                             gint64                now,
                             guint                 window,
                             const guint8         *value,
                             gsize                 length)
{
  guint32 age;

  if (length != GCOAP_ECHO_VALUE_LENGTH)
    return -1;
  renew (self, now, window);
  /* Unsigned, so that a time yet to come is one long ago. */
  age = (guint32) (now / 1000) - read_time (value);
  if (age > window)
    return -1;
  if (is_made_with (self->newer, address, value)
      || (self->has_older && is_made_with (self->older, address, value)))
    return age;
  return -1;
}
