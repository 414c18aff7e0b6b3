/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The error domains. Messages of GCOAP_ERROR are sentences fit for a dialog
 * that name the peer or the input; the codes say what a program may do about it.
 */
#include "base/gcoap-error.h"

/**
 * GcoapError:
 * @GCOAP_ERROR_FAILED: something failed that no other code describes.
 * @GCOAP_ERROR_MALFORMED: bytes break the syntax of what they claim to be; the
 *   message names the rule and the offending byte.
 * @GCOAP_ERROR_INVALID_URI: a URI cannot be parsed, or is no CoAP URI.
 * @GCOAP_ERROR_INVALID_ARGUMENT: a value given by the caller is outside its
 *   range, or text given by the user names nothing known.
 * @GCOAP_ERROR_INVALID_OPTION: an option's value has a length or form its
 *   definition forbids, or it is repeated where it may not be.
 * @GCOAP_ERROR_UNKNOWN_OPTION: a message carries a critical option that nobody
 *   on its path understands (RFC 7252 §5.4.1).
 * @GCOAP_ERROR_UNSUPPORTED: the request makes sense, but this build, platform
 *   or peer cannot do it; for example a URI scheme without transport.
 * @GCOAP_ERROR_TIMED_OUT: the peer did not answer in time, after all
 *   retransmissions the tuning allows.
 * @GCOAP_ERROR_RESET: the peer rejected the message with a Reset (RFC 7252 §4.2).
 * @GCOAP_ERROR_UNREACHABLE: the network says that host or port cannot be reached.
 * @GCOAP_ERROR_HOST_NOT_FOUND: the host name cannot be resolved.
 * @GCOAP_ERROR_REFUSED: the peer refused the connection, the handshake or the
 *   credentials.
 * @GCOAP_ERROR_CLOSED: the context, connection or association was shut down
 *   before the operation was complete.
 * @GCOAP_ERROR_ADDRESS_IN_USE: another program listens on this address.
 * @GCOAP_ERROR_PERMISSION: the operating system does not permit it.
 * @GCOAP_ERROR_TOO_LARGE: a message or body is larger than the path, the peer
 *   or the format can carry.
 * @GCOAP_ERROR_LIMIT: a limit configured in this process was reached; the
 *   message names the limit.
 * @GCOAP_ERROR_MESSAGE_IDS: all message IDs towards this peer are in use
 *   (RFC 7252 §4.4); try again when older exchanges have expired.
 * @GCOAP_ERROR_BUSY: the object already does something that excludes this; try
 *   again later.
 * @GCOAP_ERROR_UNEXPECTED_RESPONSE: the peer's answer is well-formed but does
 *   not fit the request, such as a body whose parts do not belong together.
 *
 * Errors in the library or the network, named by cause.
 *
 * A response with an error code is none of them: it is delivered as a response.
 *
 * Since: 0.1
 */

/**
 * gcoap_error_quark:
 *
 * Registers the error domain of the library.
 *
 * Returns: the error domain of [error@Error]
 *
 * Since: 0.1
 */
G_DEFINE_QUARK (gcoap-error-quark, gcoap_error)

/**
 * GcoapResponseError:
 * @GCOAP_RESPONSE_ERROR_BAD_REQUEST: 4.00: the request cannot be understood (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_UNAUTHORIZED: 4.01: the requester must improve its authentication (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_BAD_OPTION: 4.02: a critical option is not understood or not acceptable (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_FORBIDDEN: 4.03: the requester may not do this (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_NOT_FOUND: 4.04: there is no such resource (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_METHOD_NOT_ALLOWED: 4.05: the resource does not support the method (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_NOT_ACCEPTABLE: 4.06: no acceptable Content-Format can be given (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_REQUEST_ENTITY_INCOMPLETE: 4.08: blocks of the request body are missing (RFC 7959).
 * @GCOAP_RESPONSE_ERROR_CONFLICT: 4.09: the request conflicts with the resource's state (RFC 8132).
 * @GCOAP_RESPONSE_ERROR_PRECONDITION_FAILED: 4.12: a condition of the request does not hold (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_REQUEST_ENTITY_TOO_LARGE: 4.13: the request body is too large (RFC 7252, RFC 7959).
 * @GCOAP_RESPONSE_ERROR_UNSUPPORTED_CONTENT_FORMAT: 4.15: the payload's Content-Format is not supported (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_UNPROCESSABLE_ENTITY: 4.22: the payload is understood but makes no sense here (RFC 8132).
 * @GCOAP_RESPONSE_ERROR_TOO_MANY_REQUESTS: 4.29: the requester asks too often (RFC 8516).
 * @GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR: 5.00: the server failed (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_NOT_IMPLEMENTED: 5.01: the server does not know the method (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_BAD_GATEWAY: 5.02: a proxy got an invalid response from upstream (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_SERVICE_UNAVAILABLE: 5.03: the server is overloaded or shutting down (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_GATEWAY_TIMEOUT: 5.04: a proxy got no response from upstream in time (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_PROXYING_NOT_SUPPORTED: 5.05: the server is no proxy for the requested URI (RFC 7252).
 * @GCOAP_RESPONSE_ERROR_HOP_LIMIT_REACHED: 5.08: the request went through too many proxies (RFC 8768).
 *
 * The codes of the domain in which a handler names the response it wants.
 *
 * Each value is that of the response code of the same name, so that a code
 * from a later specification can be used as well.
 *
 * Since: 0.1
 */

/**
 * gcoap_response_error_quark:
 *
 * Registers the error domain in which a handler names the response it wants.
 *
 * The code of such an error is the response code to send, and its message becomes the diagnostic payload (RFC 7252 §5.5.2).
 * Any other error a handler fails with is answered with 5.00.
 *
 * Returns: the error domain of [error@ResponseError]
 *
 * Since: 0.1
 */
G_DEFINE_QUARK (gcoap-response-error-quark, gcoap_response_error)
