'use client';
import { useEffect, useState } from 'react';
import { useFailover } from 'switchover/react';

export function Asker() {
  const { fetch } = useFailover();
  const [alive, setAlive] = useState(false);
  const [from, setFrom] = useState('nobody yet');
  useEffect(() => setAlive(true), []);
  const ask = async () => setFrom((await (await fetch('/who')).json()).from);
  return (
    <button type="button" disabled={!alive} onClick={ask}>
      client component: {from}
    </button>
  );
}
