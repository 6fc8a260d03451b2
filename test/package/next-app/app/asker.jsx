'use client';
import { useEffect, useState } from 'react';
import { createFailover } from 'switchover';

export function Asker({ hosts }) {
  const [failover, setFailover] = useState(null);
  const [from, setFrom] = useState('nobody yet');
  useEffect(() => {
    const made = createFailover({ hosts });
    setFailover(made);
    return () => made.close();
  }, [hosts]);
  const ask = async () => setFrom((await (await failover.fetch('/who')).json()).from);
  return (
    <button type="button" disabled={failover === null} onClick={ask}>
      client component: {from}
    </button>
  );
}
