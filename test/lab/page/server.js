// A page that says which image it came from.
const { createServer } = require('node:http');

const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).end(`page ${process.env.EDITION ?? ''} ${request.url}\n`);
});
server.listen(8080);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
