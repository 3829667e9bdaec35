// A web service: it reads a document, keeps what was new in it, and answers.
//
//     node-service.js PORT
'use strict';
const http = require('http');
const kept = new Map();
let answered = 0;

function post(body) {
  const document = JSON.parse(body);
  if (!kept.has(document.key)) kept.set(document.key, Buffer.from(document.words.slice(0, 4).join()));
  answered++;
  return JSON.stringify(document.words.map((word) => word.toUpperCase()));
}

http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    response.end(request.method === 'POST' ? post(Buffer.concat(parts))
      : `${answered} answered, ${kept.size} kept\n`);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
