/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of problem details, and the keys of RFC 9290 §2 and §3.1. */
#pragma once

#include "formats/gcoap-problem-details.h"

G_BEGIN_DECLS

enum
{
  GCOAP_PROBLEM_KEY_TITLE = -1,
  GCOAP_PROBLEM_KEY_DETAIL = -2,
  GCOAP_PROBLEM_KEY_INSTANCE = -3,
  GCOAP_PROBLEM_KEY_RESPONSE_CODE = -4,
  GCOAP_PROBLEM_KEY_BASE_URI = -5,
  GCOAP_PROBLEM_KEY_BASE_LANGUAGE = -6,
  GCOAP_PROBLEM_KEY_BASE_DIRECTION = -7,
  GCOAP_PROBLEM_KEY_UNPROCESSED_OPTION = -8,
};

/* Text that may say its language and direction (RFC 9290, Appendix A). */
typedef struct
{
  char *text;
  char *language;
  GcoapTextDirection direction;
} GcoapProblemText;

struct _GcoapProblemDetails
{
  GcoapProblemText title;
  GcoapProblemText detail;
  char *instance;
  guint response_code;
  char *base_uri;
  char *base_language;
  GcoapTextDirection base_direction;
  GArray *options;
  /* Encoded items by key: integers in decimal, or URIs. A tree, because the
   * keys may be a stranger's. */
  GTree *entries;
};

/* RFC 9290, Appendix A.2: tag38-ltag. */
gboolean gcoap_problem_is_language (const char *language);

/* An entry's key that is a number other than those above, or has the form of
 * an absolute URI. */
gboolean gcoap_problem_is_entry_key (const char *key);

G_END_DECLS
