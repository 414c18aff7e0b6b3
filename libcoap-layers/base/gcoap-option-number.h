/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers that name options, and what is known about each. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-option-numbers.h"
#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

typedef enum
{
  GCOAP_OPTION_FORMAT_EMPTY,
  GCOAP_OPTION_FORMAT_OPAQUE,
  GCOAP_OPTION_FORMAT_UINT,
  GCOAP_OPTION_FORMAT_STRING,
} GcoapOptionFormat;

typedef enum
{
  GCOAP_OSCORE_CLASS_E = 1 << 0,
  GCOAP_OSCORE_CLASS_I = 1 << 1,
  GCOAP_OSCORE_CLASS_U = 1 << 2,
} GcoapOscoreOptionClass;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_option_number_is_critical (guint number);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_option_number_is_unsafe (guint number);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_option_number_is_no_cache_key (guint number);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_option_number_get_name (guint number);
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_option_number_get_nick (guint number);
GCOAP_AVAILABLE_IN_ALL
GcoapOptionFormat gcoap_option_number_get_format (guint number);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_option_number_is_repeatable (guint number);
GCOAP_AVAILABLE_IN_ALL
GcoapOscoreOptionClass gcoap_option_number_get_oscore_class (guint number);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_option_number_from_string (const char *text,
                                          guint      *number,
                                          GError    **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_option_number_register (guint             number,
                                       const char       *name,
                                       GcoapOptionFormat format,
                                       guint             min_length,
                                       guint             max_length,
                                       gboolean          repeatable,
                                       GError          **error);

G_END_DECLS
