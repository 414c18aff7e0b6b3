/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Concise problem details (RFC 9290): what went wrong, for programs. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_PROBLEM_DETAILS (gcoap_problem_details_get_type ())

/* What the parser takes before it gives up with GCOAP_ERROR_LIMIT. */
#define GCOAP_PROBLEM_DETAILS_MAX_BYTES 65536
#define GCOAP_PROBLEM_DETAILS_MAX_OPTIONS 64

typedef enum
{
  GCOAP_TEXT_DIRECTION_UNSPECIFIED,
  GCOAP_TEXT_DIRECTION_LEFT_TO_RIGHT,
  GCOAP_TEXT_DIRECTION_RIGHT_TO_LEFT,
  GCOAP_TEXT_DIRECTION_AUTOMATIC,
} GcoapTextDirection;

typedef struct _GcoapProblemDetails GcoapProblemDetails;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_problem_details_get_type (void) G_GNUC_CONST;

GCOAP_AVAILABLE_IN_ALL
GcoapProblemDetails *gcoap_problem_details_new (void) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapProblemDetails *gcoap_problem_details_ref (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_problem_details_unref (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
GcoapProblemDetails *gcoap_problem_details_parse (GBytes *payload, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_problem_details_write (GcoapProblemDetails *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What kind of problem it is, and what happened. */
GCOAP_AVAILABLE_IN_ALL
char *gcoap_problem_details_to_text (GcoapProblemDetails *self) G_GNUC_WARN_UNUSED_RESULT;

/* The language is NULL where only the base language is known, if any. */
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_problem_details_get_title (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_problem_details_get_title_language (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
GcoapTextDirection gcoap_problem_details_get_title_direction (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_problem_details_set_title (GcoapProblemDetails *self, const char *text, const char *language, GcoapTextDirection direction);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_problem_details_get_detail (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_problem_details_get_detail_language (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
GcoapTextDirection gcoap_problem_details_get_detail_direction (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_problem_details_set_detail (GcoapProblemDetails *self, const char *text, const char *language, GcoapTextDirection direction);

/* A URI reference, relative to the base URI if there is one. */
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_problem_details_get_instance (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_problem_details_set_instance (GcoapProblemDetails *self, const char *instance);

GCOAP_AVAILABLE_IN_ALL
char *gcoap_problem_details_dup_instance_uri (GcoapProblemDetails *self, const char *base_uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* 0 if there is none. */
GCOAP_AVAILABLE_IN_ALL
guint gcoap_problem_details_get_response_code (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_problem_details_set_response_code (GcoapProblemDetails *self, guint code);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_problem_details_get_base_uri (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_problem_details_set_base_uri (GcoapProblemDetails *self, const char *base_uri);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_problem_details_get_base_language (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_problem_details_set_base_language (GcoapProblemDetails *self, const char *language);

GCOAP_AVAILABLE_IN_ALL
GcoapTextDirection gcoap_problem_details_get_base_direction (GcoapProblemDetails *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_problem_details_set_base_direction (GcoapProblemDetails *self, GcoapTextDirection direction);

/* Numbers of options of the request that the server could not process. */
GCOAP_AVAILABLE_IN_ALL
const guint *gcoap_problem_details_get_unprocessed_options (GcoapProblemDetails *self, gsize *n_options);

GCOAP_AVAILABLE_IN_ALL
void gcoap_problem_details_add_unprocessed_option (GcoapProblemDetails *self, guint option);

/* Everything else, encoded; the key is a number in decimal or a URI. */
GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_problem_details_get_entry (GcoapProblemDetails *self, const char *key);

GCOAP_AVAILABLE_IN_ALL
void gcoap_problem_details_set_entry (GcoapProblemDetails *self, const char *key, GBytes *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapProblemDetails, gcoap_problem_details_unref)

G_END_DECLS
