import { serverFailover } from '../../hosts.js';

export const dynamic = 'force-dynamic';

export function GET() {
  return serverFailover().fetch('/who');
}
