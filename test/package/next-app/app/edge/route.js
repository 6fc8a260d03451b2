import { createFailover } from 'switchover';
import { hosts } from '../hosts.js';

export const runtime = 'edge';
export const dynamic = 'force-dynamic';

export function GET() {
  return createFailover({ hosts: hosts() }).fetch('/who');
}
