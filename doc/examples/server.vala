// SPDX-License-Identifier: LGPL-2.1-or-later
// A server with a note that can be read and written, and a slow resource.

// Takes its time: it is derived, and answers later.
class SlowResource : Gcoap.Resource {
    public override void @get (Gcoap.Exchange exchange) {
        answer_later.begin (exchange);
    }

    private async void answer_later (Gcoap.Exchange exchange) {
        Timeout.add (500, answer_later.callback);
        yield;
        Gcoap.Resource.answer_text (exchange, "Done");
    }
}

class NoteResource : Gcoap.Resource {
    private Bytes note = new Bytes ("Nothing".data);

    public override void @get (Gcoap.Exchange exchange) {
        Gcoap.Resource.answer_content (exchange, note, Gcoap.ContentFormat.TEXT_PLAIN, null);
    }

    public override void put (Gcoap.Exchange exchange) {
        var payload = exchange.get_request ().get_payload ();
        if (payload == null) {
            exchange.fail_code (Gcoap.Code.BAD_REQUEST, "A note has some text");
            return;
        }
        note = payload;
        exchange.respond (new Gcoap.Message (Gcoap.Code.CHANGED), true);
    }
}

int main (string[] arguments) {
    var site = new Gcoap.Site ();
    site.add ("note", new NoteResource ());
    site.add ("slow", new SlowResource ());

    var context = new Gcoap.Context ();
    context.set_site (site);
    try {
        context.listen (arguments.length > 1 ? arguments[1] : "coap://[::]");
    } catch (Error error) {
        printerr ("%s\n", error.message);
        return 1;
    }
    print ("Serving %s\n", context.dup_listen_uris ()[0]);
    new MainLoop ().run ();
    return 0;
}
