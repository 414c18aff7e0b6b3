/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The macros that stand above each public prototype: they export the symbol
 * (all others are hidden) and say since when it is there, or until when.
 */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib.h>

#ifndef _GCOAP_EXTERN
#define _GCOAP_EXTERN __attribute__ ((visibility ("default"))) extern
#endif

/* The library does not warn itself of what it still has to provide. */
#if defined (GCOAP_DISABLE_DEPRECATION_WARNINGS) || defined (GCOAP_COMPILATION)
#define _GCOAP_DEPRECATED _GCOAP_EXTERN
#define _GCOAP_DEPRECATED_FOR(f) _GCOAP_EXTERN
#else
#define _GCOAP_DEPRECATED G_DEPRECATED _GCOAP_EXTERN
#define _GCOAP_DEPRECATED_FOR(f) G_DEPRECATED_FOR (f) _GCOAP_EXTERN
#endif

#define GCOAP_AVAILABLE_IN_ALL _GCOAP_EXTERN
#define GCOAP_AVAILABLE_IN_0_1 _GCOAP_EXTERN
#define GCOAP_DEPRECATED_IN_0_1 _GCOAP_DEPRECATED
/**
 * GCOAP_DEPRECATED_IN_0_1_FOR: (skip)
 * @f: what to use instead
 *
 * Marks a symbol that is deprecated since version 0.1.
 *
 * Since: 0.1
 */
#define GCOAP_DEPRECATED_IN_0_1_FOR(f) _GCOAP_DEPRECATED_FOR (f)
