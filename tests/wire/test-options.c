/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sharing between messages, compared with a naive model over random edits. */
#include "wire/gcoap-options-private.h"

#include <string.h>

#include "helpers/message-data.h"
#include "wire/gcoap-message-private.h"

/* A model: numbers and values in order, all copied. */
typedef struct
{
  guint number;
  GBytes *value;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_bytes_unref (entry->value);
  g_free (entry);
}

static GPtrArray *
model_copy (GPtrArray *model)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (entry_free);

  for (guint i = 0; i < model->len; i++)
    {
      Entry *entry = g_memdup2 (model->pdata[i], sizeof (Entry));

      g_bytes_ref (entry->value);
      g_ptr_array_add (copy, entry);
    }

  return copy;
}

static void
model_edit (GPtrArray        *model,
            GcoapOptionsEdit  how,
            guint             number,
            const guint8     *data,
            gsize             length)
{
  Entry *entry;
  guint position = 0;

  if (how != GCOAP_OPTIONS_EDIT_ADD)
    for (guint i = model->len; i > 0; i--)
      if (((Entry *) model->pdata[i - 1])->number == number)
        g_ptr_array_remove_index (model, i - 1);
  if (how == GCOAP_OPTIONS_EDIT_REMOVE)
    return;

  while (position < model->len && ((Entry *) model->pdata[position])->number <= number)
    position++;
  entry = g_new (Entry, 1);
  entry->number = number;
  entry->value = g_bytes_new (data, length);
  g_ptr_array_insert (model, (int) position, entry);
}

static void
assert_equal (GcoapMessage *message,
              GPtrArray    *model)
{
  guint32 total = 0;

  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, model->len);
  for (guint i = 0; i < model->len; i++)
    {
      Entry *entry = model->pdata[i];
      const guint8 *data;
      gsize length, expected_length;
      guint number;
      const guint8 *expected = g_bytes_get_data (entry->value, &expected_length);

      gcoap_message_peek_option_at (message, i, &number, &data, &length);
      g_assert_cmpuint (number, ==, entry->number);
      g_assert_cmpmem (data, length, expected, expected_length);
      total += (guint32) length;
    }
  g_assert_cmpuint (message->options->total_length, ==, total);
}

static void
edit_both (GcoapMessage *message,
           GPtrArray    *model)
{
  GcoapOptionsEdit how = (GcoapOptionsEdit) g_test_rand_int_range (0, 3);
  guint number = (guint) g_test_rand_int_range (0, 10);
  guint8 data[64];
  gsize length = (gsize) g_test_rand_int_range (0, sizeof (data));
  guint filler = (guint) g_test_rand_int_range (0, 256);

  memset (data, (int) filler, length);
  /* Keep it small, so that the numbers repeat. */
  if (model->len > 30)
    how = GCOAP_OPTIONS_EDIT_REMOVE;
  model_edit (model, how, number, data, length);
  switch (how)
    {
    case GCOAP_OPTIONS_EDIT_ADD:
      gcoap_message_add_option (message, number, data, length);
      break;
    case GCOAP_OPTIONS_EDIT_REPLACE:
      gcoap_message_set_option (message, number, data, length);
      break;
    case GCOAP_OPTIONS_EDIT_REMOVE:
    default:
      gcoap_message_remove_option (message, number);
      break;
    }
}

#define N_MESSAGES 8

static void
test_random_sharing (void)
{
  GcoapMessage *messages[N_MESSAGES];
  GPtrArray *models[N_MESSAGES];

  for (guint i = 0; i < N_MESSAGES; i++)
    {
      messages[i] = gcoap_message_new (GCOAP_CODE_GET);
      models[i] = g_ptr_array_new_with_free_func (entry_free);
    }

  for (guint round = 0; round < 20000; round++)
    {
      int which = g_test_rand_int_range (0, N_MESSAGES);
      int other = g_test_rand_int_range (0, N_MESSAGES);

      switch (g_test_rand_int_range (0, 6))
        {
        case 0:
          if (which == other)
            break;
          gcoap_message_unref (messages[which]);
          g_ptr_array_unref (models[which]);
          messages[which] = gcoap_message_copy (messages[other]);
          models[which] = model_copy (models[other]);
          break;
        case 1:
          gcoap_message_lock (messages[which]);
          break;
        default:
          if (gcoap_message_is_locked (messages[which]))
            {
              GcoapMessage *copy = gcoap_message_copy (messages[which]);

              gcoap_message_unref (messages[which]);
              messages[which] = copy;
            }
          edit_both (messages[which], models[which]);
          break;
        }
      assert_equal (messages[which], models[which]);
      assert_equal (messages[other], models[other]);
    }

  for (guint i = 0; i < N_MESSAGES; i++)
    {
      assert_equal (messages[i], models[i]);
      gcoap_message_unref (messages[i]);
      g_ptr_array_unref (models[i]);
    }
}

/* An endless series of copies of copies does not keep all its ancestors. */
static void
test_chain_is_cut (void)
{
  GcoapMessage *message = gcoap_message_new (GCOAP_CODE_GET);

  for (guint i = 0; i < 100; i++)
    {
      GcoapMessage *copy;

      gcoap_message_lock (message);
      copy = gcoap_message_copy (message);
      gcoap_message_set_option_uint (copy, GCOAP_OPTION_HOP_LIMIT, 100 - i);
      gcoap_message_add_option_string (copy, GCOAP_OPTION_URI_PATH, "x");
      gcoap_message_unref (message);
      message = copy;
      g_assert_cmpuint (message->options->depth, <=, 5);
    }
  g_assert_cmpuint (gcoap_message_count_option (message, GCOAP_OPTION_URI_PATH), ==, 100);
  gcoap_message_unref (message);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/options/random-sharing", test_random_sharing);
  g_test_add_func ("/options/chain-is-cut", test_chain_is_cut);

  return g_test_run ();
}
