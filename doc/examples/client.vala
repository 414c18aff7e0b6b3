// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes a note and reads it again, without ever blocking.

async void run (Gcoap.Context context, string server) throws Error {
    var put = new Gcoap.Message.for_uri (Gcoap.Code.PUT, server + "/note");
    put.set_payload_data ("Buy milk".data);
    var response = yield context.request_async (put, null);
    print ("PUT: %s\n", Gcoap.Code.get_name (response.get_code ()));

    var get = new Gcoap.Message.for_uri (Gcoap.Code.GET, server + "/note");
    response = yield context.request_async (get, null);
    unowned var payload = response.get_payload_data ();
    print ("note: %.*s\n", payload.length, (string) payload);
}

int main (string[] arguments) {
    var loop = new MainLoop ();
    var context = new Gcoap.Context ();
    var status = 0;

    run.begin (context, arguments.length > 1 ? arguments[1] : "coap://localhost", (source, result) => {
        try {
            run.end (result);
        } catch (Gcoap.Error.UNREACHABLE error) {
            printerr ("Is the server running?\n%s\n", error.message);
            status = 1;
        } catch (Error error) {
            printerr ("%s\n", error.message);
            status = 1;
        }
        loop.quit ();
    });
    loop.run ();
    return status;
}
