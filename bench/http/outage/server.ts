/** A server that does as little as it can, so that the clients are what is measured. Started by the rig. */
import { createServer } from 'node:http';
import type { Launch } from '../../../test/rig/protocol.ts';
import { answerParent, report } from '../../../test/rig/server/control.ts';

const { port, host, name } = JSON.parse(process.argv[2] ?? '{}') as Launch;
const body = JSON.stringify({ server: name });
const headers = { 'content-type': 'application/json', 'content-length': body.length };

answerParent(() => undefined);
createServer((_request, response) => response.writeHead(200, headers).end(body)).listen(port, host, 4_096, () => {
  report({ kind: 'listening', port });
});
