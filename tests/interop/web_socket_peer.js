// SPDX-License-Identifier: LGPL-2.1-or-later
// A CoAP peer over the npm package ws: "server [CERTIFICATE KEY]" prints its port
// and answers every request 2.05 with the payload "node"; "client URL PATH" prints
// the payload of a GET.
const fs = require('fs');
const http = require('http');
const https = require('https');
const WebSocket = require('ws');

const CSM = Buffer.from([0x00, 0xe1]);

function payloadOf(message) {
  const start = message.indexOf(0xff);
  return start < 0 ? Buffer.alloc(0) : message.subarray(start + 1);
}

if (process.argv[2] === 'server') {
  const [certificate, key] = process.argv.slice(3).map((name) => fs.readFileSync(name));
  const web = certificate ? https.createServer({ cert: certificate, key }) : http.createServer();
  const server = new WebSocket.Server({
    server: web, path: '/.well-known/coap',
    handleProtocols: (protocols) => ([...protocols].includes('coap') ? 'coap' : false),
  });
  web.listen(0, '127.0.0.1', () => console.log(`port ${web.address().port}`));
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      const message = Buffer.from(data);
      const tokenLength = message[0] & 15;
      if (message[1] === 0xe4) {
        socket.close(1000, 'released');
      } else if (message[1] > 0 && message[1] < 32 && isBinary !== false) {
        socket.ping('are you there?');
        socket.once('pong', () => {
          const head = Buffer.concat([Buffer.from([tokenLength, 0x45]), message.subarray(2, 2 + tokenLength),
            Buffer.from([0xff])]);
          // In two fragments.
          socket.send(head, { binary: true, fin: false });
          socket.send(Buffer.from('node'), { binary: true, fin: true });
        });
      }
    });
    socket.on('close', (code) => console.log(`closed ${code}`));
    socket.send(CSM, { binary: true });
  });
} else {
  const socket = new WebSocket(process.argv[3], ['coap']);
  socket.on('open', () => {
    const path = Buffer.from(process.argv[4]);
    socket.send(CSM);
    socket.ping('hello');
    socket.send(Buffer.concat([Buffer.from([0x01, 0x01, 0xaa, 0xb0 + path.length]), path]));
  });
  socket.on('pong', (data) => console.log(`pong ${data}`));
  socket.on('message', (data) => {
    const message = Buffer.from(data);
    if (message[1] === 0xe1) {
      console.log(`csm ${socket.protocol}`);
    } else {
      console.log(`code ${message[1] >> 5}.${message[1] & 31} ${payloadOf(message)}`);
      socket.close(1001, 'enough');
    }
  });
  socket.on('close', (code) => console.log(`closed ${code}`));
  socket.on('unexpected-response', (request, response) => {
    console.log(`status ${response.statusCode}`);
    process.exit(1);
  });
}
